// Versions serves two versions of one API in one process. A caller of the new one
// falls back to the old one where the callee does not have it yet.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"

	"github.com/wampgen/wampgen/examples/versions/greet1"
	"github.com/wampgen/wampgen/examples/versions/greet2"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

//go:generate go run ../../cmd/wampgen generate ./...

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// service is what both versions stand on.
type service struct{}

func (service) greeting(name, language string) (text, spoken string) {
	if language == "de" {
		return "Hallo " + name, language
	}
	return "Hello " + name, "en"
}

// version1 and version2 put it into the words of one version each.
type (
	version1 struct{ service }
	version2 struct{ service }
)

var (
	_ greet1.Callee = version1{}
	_ greet2.Callee = version2{}
)

// Greet implements greet of the first version.
func (v version1) Greet(_ context.Context, name string) (string, error) {
	text, _ := v.greeting(name, "en")
	return text, nil
}

// Greet implements greet of the second version.
func (v version2) Greet(_ context.Context, in greet2.GreetArgs) (greet2.GreetResult, error) {
	text, language := v.greeting(in.Name, in.Language)
	return greet2.GreetResult{Text: text, Language: language}, nil
}

// greet asks for the second version and falls back to the first one. WithGrace(0)
// makes it find out at once: by default the call would wait for a callee that
// comes back after a restart.
func greet(ctx context.Context, c *wamp.Client, name, language string) (string, error) {
	out, err := greet2.NewCaller(c).Greet(ctx, greet2.GreetArgs{Name: name, Language: language}, wamp.WithGrace(0))
	if errors.Is(err, wamp.ErrNoSuchProcedure) {
		return greet1.NewCaller(c).Greet(ctx, name)
	}
	return out.Text, err
}

// run lets an old callee be replaced by one that serves both versions.
func run(ctx context.Context, w io.Writer) error {
	realm := wamptest.StartRealm()
	defer realm.Close()
	connect := func() (*wamp.Client, error) {
		return realm.Connect(ctx, wamp.WithLogger(slog.New(slog.DiscardHandler)))
	}
	caller, err := connect()
	if err != nil {
		return err
	}
	defer caller.Close(ctx)
	show := func(what string) error {
		text, err := greet(ctx, caller, "Ann", "de")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s: %s\n", what, text)
		return err
	}

	before, err := connect()
	if err != nil {
		return err
	}
	if _, err := greet1.Register(ctx, before, version1{}); err != nil {
		return err
	}
	if err := show("the callee has version 1"); err != nil {
		return err
	}
	if err := before.Drain(ctx); err != nil {
		return err
	}

	after, err := connect()
	if err != nil {
		return err
	}
	defer after.Close(ctx)
	if _, err := greet1.Register(ctx, after, version1{}); err != nil {
		return err
	}
	if _, err := greet2.Register(ctx, after, version2{}); err != nil {
		return err
	}
	return show("the callee has both versions")
}
