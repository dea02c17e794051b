// Package versions_test runs the generated code of two versions of an API
// against each other: what wampgen breaking calls breaking breaks, and what it
// calls safe works.
package versions_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/testdata/golden/versions/elsewhere"
	"github.com/wampgen/wampgen/testdata/golden/versions/new"
	"github.com/wampgen/wampgen/testdata/golden/versions/old"
)

// peers are two clients of a router in memory.
type peers struct {
	t              *testing.T
	realm          *wamptest.Realm
	callee, caller *wamp.Client
}

// serve registers one handler.
func (p *peers) serve(h wamp.Handler) {
	p.t.Helper()
	if _, err := wamp.Register(p.t.Context(), p.callee, h); err != nil {
		p.t.Fatal(err)
	}
}

// losing returns a handler that counts its calls, and loses the caller's session in
// the first one.
func (p *peers) losing(calls *int) func(context.Context) (int, error) {
	return func(context.Context) (int, error) {
		if *calls++; *calls == 1 {
			p.realm.Drop(p.caller.SessionID())
		}
		return *calls, nil
	}
}

// want returns an error if a call did not give what it should.
func want[T comparable](expected T, got T, err error) error {
	if err == nil && got != expected {
		err = fmt.Errorf("got %v, want %v", got, expected)
	}
	return err
}

// joined returns all chunks in one string.
func joined(chunks iter.Seq2[string, error]) (all string, err error) {
	for chunk, err := range chunks {
		if err != nil {
			return "", err
		}
		all += chunk
	}
	return all, nil
}

// exchanges are the rules and what happens between the versions. Each function
// returns an error if one side does not get what the other one means.
var exchanges = map[string]func(context.Context, *peers) error{
	"api-uri-changed": func(ctx context.Context, p *peers) error {
		p.serve(elsewhere.HandleDeprecated(func(context.Context) (int, error) { return 7, nil }))
		got, err := old.NewCaller(p.caller).Deprecated(ctx)
		return want(7, got, err)
	},
	"chunks-added": func(ctx context.Context, p *peers) error {
		p.serve(old.HandleChunksAdded(func(_ context.Context, a int) (int, error) { return a, nil }))
		got, err := new.NewCaller(p.caller).ChunksAdded(ctx, 7, wamp.Chunks(slices.Values([]string{"a", "b"})))
		return want(7, got, err)
	},
	"chunks-begin": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleChunksBegin(func(_ context.Context, _ new.ChunksBeginArgs, chunks iter.Seq2[string, error]) (string, error) {
			return joined(chunks)
		}))
		got, err := old.NewCaller(p.caller).ChunksBegin(ctx, wamp.Chunks(slices.Values([]string{"a", "b"})))
		return want("ab", got, err)
	},
	"chunks-end": func(ctx context.Context, p *peers) error {
		p.serve(old.HandleChunksEnd(func(_ context.Context, chunks iter.Seq2[string, error]) (string, error) { return joined(chunks) }))
		got, err := new.NewCaller(p.caller).ChunksEnd(ctx, wamp.Chunks(slices.Values([]string{"a", "b"})))
		return want("ab", got, err)
	},
	"chunks-removed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleChunksRemoved(func(_ context.Context, a int) (int, error) { return a, nil }))
		got, err := old.NewCaller(p.caller).ChunksRemoved(ctx, 7, wamp.Chunks(slices.Values([]string{"a", "b"})))
		return want(7, got, err)
	},
	"default-changed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleDefaultChanged(func(_ context.Context, in new.DefaultChangedArgs) (int, error) { return in.A, nil }))
		r, err := p.caller.Call(ctx, old.DefaultChangedProcedure, nil, nil) // as a peer in another language
		return want("[1]", fmt.Sprint(r.Args), err)
	},
	"enum-closed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleEnumClosed(func(_ context.Context, in new.ClosedNow) (string, error) { return string(in), nil }))
		got, err := old.NewCaller(p.caller).EnumClosed(ctx, "blue")
		return want("blue", got, err)
	},
	"enum-value-added": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleEnumValueAdded(func(context.Context) (new.GainsOne, error) { return new.GainsOneBlue, nil }))
		got, err := old.NewCaller(p.caller).EnumValueAdded(ctx)
		return want("blue", string(got), err)
	},
	"enum-value-added-open": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleEnumValueAddedOpen(func(context.Context) (new.OpenGainsOne, error) { return new.OpenGainsOneBlue, nil }))
		got, err := old.NewCaller(p.caller).EnumValueAddedOpen(ctx)
		return want("blue", string(got), err)
	},
	"enum-value-removed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleEnumValueRemoved(func(_ context.Context, in new.LosesOne) (string, error) { return string(in), nil }))
		got, err := old.NewCaller(p.caller).EnumValueRemoved(ctx, old.LosesOneGreen)
		return want("green", got, err)
	},
	"error-added": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleErrorAdded(func(context.Context, bool) error { return &new.AddedError{Message: "no"} }))
		err := old.NewCaller(p.caller).ErrorAdded(ctx, true)
		var peer *wamp.Error // as for every error that a caller does not know
		if !errors.As(err, &peer) || peer.URI != "com.example.corpus.error.added" {
			return fmt.Errorf("got %w", err)
		}
		return nil
	},
	"error-removed": func(ctx context.Context, p *peers) error {
		p.serve(old.HandleErrorRemoved(func(context.Context, bool) error { return &old.DroppedError{Message: "no"} }))
		err := new.NewCaller(p.caller).ErrorRemoved(ctx, true)
		if dropped := (*new.DroppedError)(nil); !errors.As(err, &dropped) {
			return fmt.Errorf("got %w", err)
		}
		return nil
	},
	"error-uri-changed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleErrorURIChanged(func(context.Context, bool) error { return &new.MovedError{Message: "no"} }))
		err := old.NewCaller(p.caller).ErrorURIChanged(ctx, true)
		if moved := (*old.MovedError)(nil); !errors.As(err, &moved) {
			return fmt.Errorf("got %w", err)
		}
		return nil
	},
	"idempotent-added": func(ctx context.Context, p *peers) error {
		calls := 0
		p.serve(old.HandleIdempotentAdded(p.losing(&calls)))
		_, err := new.NewCaller(p.caller).IdempotentAdded(ctx)
		return want(1, calls, err)
	},
	"idempotent-removed": func(ctx context.Context, p *peers) error {
		calls := 0
		p.serve(new.HandleIdempotentRemoved(p.losing(&calls)))
		_, err := old.NewCaller(p.caller).IdempotentRemoved(ctx)
		return want(1, calls, err)
	},
	"deprecated": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleDeprecated(func(context.Context) (int, error) { return 7, nil }))
		got, err := old.NewCaller(p.caller).Deprecated(ctx)
		return want(7, got, err)
	},
	"disclosure-removed": func(ctx context.Context, p *peers) error {
		p.serve(old.HandleDisclosureRemoved(func(ctx context.Context) (wamp.ID, error) { return wamp.CallInfoFrom(ctx).Caller, nil }))
		got, err := new.NewCaller(p.caller).DisclosureRemoved(ctx)
		return want(p.caller.SessionID(), got, err)
	},
	"invoke-changed": func(ctx context.Context, p *peers) error {
		p.serve(old.HandleInvokeChanged(func(context.Context) (int, error) { return 7, nil }))
		_, err := wamp.Register(ctx, p.caller, new.HandleInvokeChanged(func(context.Context) (int, error) { return 7, nil }))
		return err
	},
	"lenient-removed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleLenientRemoved(func(_ context.Context, a int) (int, error) { return a, nil }))
		_, err := p.caller.Call(ctx, old.LenientRemovedProcedure, []any{[]any{7}}, nil) // as some peers do
		return err
	},
	"moved": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleMoved(func(_ context.Context, in new.MovedArgs) (int, error) { return in.A, nil }))
		got, err := old.NewCaller(p.caller).Moved(ctx, 7)
		return want(7, got, err)
	},
	"now-optional": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleNowOptional(func(context.Context) (new.NowOptionalResult, error) { return new.NowOptionalResult{}, nil }))
		_, err := old.NewCaller(p.caller).NowOptional(ctx)
		return err
	},
	"now-required": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleNowRequired(func(_ context.Context, in new.NowRequiredArgs) (int, error) { return in.A, nil }))
		_, err := old.NewCaller(p.caller).NowRequired(ctx, old.NowRequiredArgs{})
		return err
	},
	"optional-added": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleOptionalAdded(func(_ context.Context, in new.OptionalAddedArgs) (new.Kept, error) {
			extra := "more"
			return new.Kept{ID: in.A, Extra: &extra}, nil
		}))
		got, err := old.NewCaller(p.caller).OptionalAdded(ctx, 7)
		return want(7, got.ID, err)
	},
	"procedure-added": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleProcedureAdded(func(context.Context) (int, error) { return 7, nil }))
		got, err := new.NewCaller(p.caller).ProcedureAdded(ctx)
		return want(7, got, err)
	},
	"procedure-removed": func(ctx context.Context, p *peers) error {
		_, err := old.NewCaller(p.caller).ProcedureRemoved(ctx)
		return err
	},
	"removed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleRemoved(func(_ context.Context, a int) (int, error) { return a, nil }))
		got, err := old.NewCaller(p.caller).Removed(ctx, old.RemovedArgs{A: 1, B: 2})
		return want(1, got, err)
	},
	"renamed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleRenamed(func(_ context.Context, b int) (int, error) { return b, nil }))
		_, err := p.caller.Call(ctx, old.RenamedProcedure, nil, map[string]any{"a": 7}) // as from Python
		return err
	},
	"reordered": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleReordered(func(_ context.Context, in new.ReorderedArgs) (string, error) { return in.First, nil }))
		got, err := old.NewCaller(p.caller).Reordered(ctx, old.ReorderedArgs{First: "Ada", Last: "Lovelace"})
		return want("Ada", got, err)
	},
	"required-added": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleRequiredAdded(func(_ context.Context, in new.RequiredAddedArgs) (int, error) { return in.A, nil }))
		got, err := old.NewCaller(p.caller).RequiredAdded(ctx, old.RequiredAddedArgs{A: 7})
		return want(7, got, err)
	},
	"stream-added": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleStreamAdded(func(_ context.Context, to wamp.Sender[new.StreamAddedProgress]) (int, error) {
			return 7, to.Send(new.StreamAddedProgress{Step: 1})
		}))
		got, err := old.NewCaller(p.caller).StreamAdded(ctx)
		return want(7, got, err)
	},
	"stream-removed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleStreamRemoved(func(context.Context) (int, error) { return 7, nil }))
		steps := 0
		stream := old.NewCaller(p.caller).StreamRemovedStream(ctx)
		for range stream.All() {
			steps++
		}
		_, err := stream.Result()
		return want(true, steps > 0, err)
	},
	"retain-removed": func(ctx context.Context, p *peers) error {
		if err := new.PublishRetainRemoved(ctx, p.callee, new.RetainRemoved{A: 7}); err != nil {
			return err
		}
		synctest.Wait()
		got := 0
		if _, err := old.SubscribeRetainRemoved(ctx, p.caller, func(_ context.Context, ev old.RetainRemoved) error { got = ev.A; return nil }); err != nil {
			return err
		}
		synctest.Wait()
		return want(7, got, nil)
	},
	"roles-narrowed": func(ctx context.Context, p *peers) error {
		p.callee = p.realm.Client(p.t, wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
			if op.Kind == wamp.OperationInvocation && !slices.Contains(op.Roles, "anonymous") {
				return wamp.ErrNotAuthorized
			}
			return next(ctx)
		}))
		p.serve(new.HandleRolesNarrowed(func(context.Context) (int, error) { return 7, nil }))
		got, err := old.NewCaller(p.caller).RolesNarrowed(ctx)
		return want(7, got, err)
	},
	"strict-added": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleStrictAdded(func(_ context.Context, a int) (int, error) { return a, nil }))
		_, err := p.caller.Call(ctx, old.StrictAddedProcedure, nil, map[string]any{"a": 7}) // as from Python
		return err
	},
	"timeout-shortened": func(ctx context.Context, p *peers) error {
		p.serve(old.HandleTimeoutShortened(func(context.Context) (int, error) {
			time.Sleep(2 * time.Second) // of the bubble
			return 7, nil
		}))
		got, err := new.NewCaller(p.caller).TimeoutShortened(ctx)
		return want(7, got, err)
	},
	"topic-added": func(ctx context.Context, p *peers) error {
		got := 0
		if _, err := new.SubscribeTopicAdded(ctx, p.callee, func(_ context.Context, ev new.TopicAdded) error { got = ev.A; return nil }); err != nil {
			return err
		}
		err := new.PublishTopicAdded(ctx, p.caller, new.TopicAdded{A: 7})
		synctest.Wait()
		return want(7, got, err)
	},
	"topic-removed": func(ctx context.Context, p *peers) error {
		got := 0
		if _, err := old.SubscribeTopicRemoved(ctx, p.callee, func(_ context.Context, ev old.TopicRemoved) error { got = ev.A; return nil }); err != nil {
			return err
		}
		synctest.Wait() // no publisher of the new version has the topic
		return want(7, got, nil)
	},
	"type-changed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleTypeChanged(func(context.Context, int) (string, error) { return "", nil }))
		_, err := old.NewCaller(p.caller).TypeChanged(ctx, "seven")
		return err
	},
	"type-narrowed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleTypeNarrowed(func(_ context.Context, a int8) (int, error) { return int(a), nil }))
		got, err := old.NewCaller(p.caller).TypeNarrowed(ctx, 1000)
		return want(1000, got, err)
	},
	"type-widened": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleTypeWidened(func(context.Context) (int, error) { return 1000, nil }))
		_, err := old.NewCaller(p.caller).TypeWidened(ctx)
		return err
	},
	"variant-added": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleVariantAdded(func(context.Context) (new.More, error) { return &new.Cash{Cents: 7}, nil }))
		_, err := old.NewCaller(p.caller).VariantAdded(ctx)
		return err
	},
	"variant-added-open": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleVariantAddedOpen(func(context.Context) (new.MoreOpen, error) { return &new.Cash{Cents: 7}, nil }))
		got, err := old.NewCaller(p.caller).VariantAddedOpen(ctx)
		if unknown, ok := got.(*old.UnknownMoreOpen); err == nil && (!ok || unknown.Tag != "cash") {
			return fmt.Errorf("got %T", got)
		}
		return err
	},
	"variant-removed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleVariantRemoved(func(context.Context, new.Fewer) (string, error) { return "", nil }))
		_, err := old.NewCaller(p.caller).VariantRemoved(ctx, &old.Cash{Cents: 7})
		return err
	},
	"unknown-rejected": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleUnknownRejected(func(context.Context) (new.Exact, error) {
			extra := "more"
			return new.Exact{ID: 7, Extra: &extra}, nil
		}))
		got, err := old.NewCaller(p.caller).UnknownRejected(ctx)
		return want(7, got.ID, err)
	},
	"uri-changed": func(ctx context.Context, p *peers) error {
		p.serve(new.HandleURIChanged(func(context.Context) (int, error) { return 7, nil }))
		got, err := old.NewCaller(p.caller).URIChanged(ctx)
		return want(7, got, err)
	},
}

// TestExchanges runs every exchange and compares it with what is said about it
// in changes.txt.
func TestExchanges(t *testing.T) {
	changes, err := os.ReadFile("changes.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(changes)) {
		word, rest, _ := strings.Cut(line, " ")
		rule, _, _ := strings.Cut(rest, ":")
		if exchanges[rule] == nil {
			t.Errorf("no exchange for the rule %s", rule)
			continue
		}
		t.Run(rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				realm := wamptest.NewRealm(t)
				quiet := wamp.WithLogger(slog.New(slog.DiscardHandler))
				p := &peers{t, realm, realm.Client(t, quiet), realm.Client(t, quiet, wamp.WithValidateResults())}
				err := exchanges[rule](t.Context(), p)
				if safe := word == "safe"; safe != (err == nil) {
					t.Errorf("it is called %s, and the other version gets: %v", word, err)
				}
				t.Log(err)
			})
		})
	}
}
