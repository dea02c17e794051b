package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/wampgen/wampgen/cmd/wampgen/internal/connection"
	"github.com/wampgen/wampgen/cmd/wampgen/internal/mock"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/config"
)

func mockVerb() *verb {
	return &verb{
		name: "mock", usage: "[flags] [file...]", short: "answer the calls of an API, and publish its events, without the service",
		long: "Every procedure is registered and answered: by a rule of --rules, by the example of\n" +
			"the schema that has the same input, by its first example, or by a made-up value that\n" +
			"fits. Input that does not fit is refused as the service would. Events are published\n" +
			"every few seconds, the examples of the schema in turn. Each call is a line. If the\n" +
			"session is lost it opens another one; an interrupt ends it.\n\n" +
			"Exit codes: 0 an interrupt ended it; 1 the schemas or the rules have findings; 2 there\n" +
			"was no session, or a procedure could not be registered.",
		example: "wampgen router &\nwampgen mock shop.wamp.yaml\nwampgen mock --rules mock.yaml --every 1s --url wss://router.example/ws --realm shop",
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			k := &mocking{command: c, to: connection.Flags(fs)}
			fs.StringVar(&k.rules, "rules", "", "`file` with rules: what to answer and publish")
			fs.DurationVar(&k.options.Every, "every", 5*time.Second, "the `time` between two events of a topic; 0 for no events")
			fs.Uint64Var(&k.options.Seed, "seed", 1, "`number` by which rules with weights and latencies are drawn")
			return k.run
		},
	}
}

// mocking is one run of mock.
type mocking struct {
	*command
	to      *connection.Settings
	rules   string
	options mock.Options
	printed sync.Mutex
}

// run reads the schemas and the rules, and serves.
func (k *mocking) run() int {
	if k.options.Every < 0 {
		return k.fail(errors.New("--every must not be negative"))
	}
	m, code := k.plan()
	if m == nil {
		return code
	}
	ctx, stop := interruptible()
	defer stop()
	log := slog.New(slog.NewTextHandler(k.stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	lost := func(text string) { k.line("%s", text) }
	var publishing sync.WaitGroup
	err := k.to.Keep(ctx, log, lost, func(ctx context.Context, client *wamp.Client) error {
		if err := m.Serve(ctx, client); err != nil {
			return err
		}
		procedures, topics := m.Served()
		k.line("serving %s and publishing to %s, %s; an interrupt ends it", countOf(procedures, "procedure"), countOf(topics, "topic"), k.to)
		publishing.Go(func() {
			m.Publish(ctx, client, func(topic string, err error) { k.line("no more events of %s: %v", topic, err) })
		})
		return nil
	})
	publishing.Wait()
	if err != nil {
		return k.fail(err)
	}
	return exitFine
}

// plan returns the mock, nil if there are findings; they are printed.
func (k *mocking) plan() (*mock.Mock, int) {
	in := k.inputs()
	all, found, sources, failed := load(in.files)
	maps.Copy(sources, in.sources)
	found, failed = append(in.found, found...), append(in.failed, failed...)
	if len(in.files)+len(found)+len(failed) == 0 {
		failed = append(failed, errors.New("there is no schema to serve"))
	}
	var rules *config.Mock
	if k.rules != "" {
		src, err := read(k.rules)
		switch {
		case err != nil:
			failed = append(failed, err)
		case len(src) == most:
			failed = append(failed, fmt.Errorf("%s is too large", k.rules))
		default:
			r, wrong := config.ParseMock(k.rules, src)
			rules, sources[k.rules], found = r, src, append(found, wrong...)
		}
	}
	var models []*schema.Model
	for _, x := range all {
		models = append(models, x.model)
	}
	k.options.Call = k.called
	var m *mock.Mock
	if len(found)+len(failed) == 0 {
		m, found = mock.New(models, rules, k.options)
		for i := range found {
			found[i].File = k.rules
		}
	}
	if err := k.show(k.stderr, found, sources); err != nil {
		failed = append(failed, err)
	}
	switch {
	case len(failed) > 0:
		return nil, k.fail(failed...)
	case len(found) > 0:
		return nil, exitFindings
	}
	return m, exitFine
}

// countOf spells a number of things.
func countOf(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// line prints a line about the run.
func (k *mocking) line(format string, args ...any) {
	k.printed.Lock()
	defer k.printed.Unlock()
	k.say(format, args...)
}

// called prints a call.
func (k *mocking) called(c mock.Call) {
	what := string(c.Answer)
	if c.Error != "" {
		what = c.Error + " " + what
	}
	k.line("%s %s %s -> %s", time.Now().Format(time.TimeOnly), c.Procedure, c.Input, what)
}
