// Logins shows every way to prove to a router who you are, and what happens when
// it, or this side, does not agree. Router, certificate, users and keys are made
// on the spot.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	secrets, err := newSecrets()
	if err != nil {
		return err
	}
	server, trusting, err := wamptest.NewTLS(wamptest.Certificate{})
	if err != nil {
		return err
	}
	router, err := router.Start(router.Config{TLS: server, Users: secrets.users()})
	if err != nil {
		return err
	}
	defer router.Stop()

	fmt.Fprintln(w, "Logging in with …")
	ways, err := secrets.ways()
	if err != nil {
		return err
	}
	for _, way := range ways {
		if err := way.login(ctx, w, router.WebSocketURL(), trusting); err != nil {
			return fmt.Errorf("%s: %w", way.name, err)
		}
	}
	fmt.Fprintln(w, "\nNot logging in with …")
	return refusals(ctx, w, router, trusting, auth.NewSecret(secrets.ticket))
}

// login logs in and asks the router who it thinks we are.
func (way way) login(ctx context.Context, w io.Writer, url string, trusting *tls.Config) error {
	client, err := wamp.Connect(ctx, url, "realm1", wamp.WithTLS(trusting), wamp.WithAuth(way.methods...))
	if err != nil {
		return err
	}
	defer client.Close(ctx)
	out, err := client.Call(ctx, "wamp.session.get", []any{uint64(client.SessionID())}, nil)
	if err != nil {
		return err
	}
	session, _ := out.Args[0].(map[string]any)
	who := session["authid"]
	if session["authmethod"] == "anonymous" {
		who = "somebody" // the router makes a name up
	}
	fmt.Fprintf(w, "  %-33s %s, by %s\n", way.name, who, session["authmethod"])
	return nil
}

// refusals shows how a login fails. By default a client tries for a minute before it
// gives up; this one takes the first no for an answer.
func refusals(ctx context.Context, w io.Writer, router *router.Router, trusting *tls.Config, ticket auth.Secret) error {
	// What the router refuses is a *wamp.Error.
	secure, wrong, once := wamp.WithTLS(trusting), auth.NewSecret("a guess"), wamp.WithMaxElapsed(time.Nanosecond)
	_, err := wamp.Connect(ctx, router.WebSocketURL(), "realm1", secure, once, wamp.WithAuth(auth.CRA("ann", wrong)))
	fmt.Fprintf(w, "  %-33s authentication failed: %t\n", "a wrong password", errors.Is(err, wamp.ErrAuthenticationFailed))

	_, err = wamp.Connect(ctx, router.WebSocketURL(), "realm2", secure, once, wamp.WithAuth(auth.Ticket("ann", ticket)))
	fmt.Fprintf(w, "  %-33s no such realm: %t\n", "the right ticket elsewhere", errors.Is(err, wamp.ErrNoSuchRealm))

	// What this side refuses is an *auth.Error: here before a single byte is sent.
	_, err = wamp.Connect(ctx, "ws://router.example/ws", "realm1", wamp.WithAuth(auth.Ticket("ann", ticket)))
	refusal, ok := errors.AsType[*auth.Error](err)
	if !ok {
		return fmt.Errorf("want a refusal of our own, got %w", err)
	}
	fmt.Fprintf(w, "  %-33s %s\n", "a ticket in the open", refusal.Text)

	// A secret prints as nothing.
	fmt.Fprintf(w, "\nThe ticket was %v.\n", ticket)
	return nil
}
