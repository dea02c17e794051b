package main

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"syscall"

	"github.com/wampgen/wampgen/cmd/wampgen/internal/connection"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

func routerVerb() *verb {
	return &verb{
		name: "router", usage: "[flags]", short: "run a router for development on this machine",
		long: "It keeps nothing, everybody on this machine may do everything, and it listens on\n" +
			"loopback addresses only: use Crossbar.io or nexus in production. WebSocket and\n" +
			"RawSocket share the port. An interrupt ends it.",
		example: "wampgen router\nwampgen router --listen 127.0.0.1:9000 --realm shop",
		words:   func() []string { return nil },
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			addr := fs.String("listen", "127.0.0.1:8080", "the loopback `address` to listen on; port 0 means any")
			realm := fs.String("realm", "realm1", "the `name` of the realm")
			return func() int { return c.route(*addr, *realm) }
		},
	}
}

// realmURI is what can be the name of a realm.
var realmURI = regexp.MustCompile(`^[^\s#.]+(\.[^\s#.]+)*$`)

// route runs a router until the process is interrupted.
func (c *command) route(addr, name string) int {
	if len(c.args) > 0 {
		return c.fail(fmt.Errorf("router takes no arguments, and there is %q", c.args[0]))
	}
	if !realmURI.MatchString(name) {
		return c.fail(&connection.Error{Text: fmt.Sprintf("--realm: %q is no URI, and nobody could join it", name), Hint: "write it as in  realm1  or  com.example.shop"})
	}
	ctx, stop := interruptible()
	defer stop()
	realm := wamptest.StartRealm(wamptest.WithRealmName(name), wamptest.WithRealmLog(slog.New(slog.NewTextHandler(c.stderr, nil))))
	defer realm.Close()
	server, err := realm.Listen(addr)
	if err != nil {
		hint := "write it as in  127.0.0.1:8080"
		if errors.Is(err, syscall.EADDRINUSE) {
			hint = "another program has that port, maybe another router: choose one with --listen 127.0.0.1:9000, or any with port 0"
		}
		return c.fail(&connection.Error{Text: "--listen: " + strings.TrimPrefix(err.Error(), "wamptest: "), Hint: hint})
	}
	defer server.Close()
	c.say("for development only; realm %s, WebSocket %s, RawSocket %s", realm.Name(), server.URL(), server.RawSocketURL())
	<-ctx.Done()
	realm.Stop()
	return exitFine
}
