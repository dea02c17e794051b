// Package event shows publishing, subscribing, and what happens to handlers that
// do not keep up.
package event

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// listener is a subscription that keeps what it gets.
type listener struct {
	*wamp.Subscription
	id     int64 // of the request, which Answer makes that of the subscription
	events chan received
}

// received is one event as its handler saw it.
type received struct {
	wamp.Payload
	info wamp.EventInfo
}

// listen subscribes; the router answers with the subscription id, that of the
// request if 0.
func listen(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, topic string, id int64, opts ...wamp.SubscribeOption) *listener {
	s.T.Helper()
	l := &listener{events: make(chan received, 1000)}
	done := stage.Begin(func() error {
		var err error
		l.Subscription, err = c.Subscribe(s.T.Context(), topic, func(ctx context.Context, ev wamp.Payload) error {
			l.events <- received{ev, wamp.EventInfoFrom(ctx)}
			return nil
		}, opts...)
		return err
	})
	m := p.Expect(wamptest.Subscribe)
	if l.id = id; id == 0 {
		l.id = m.ID(1)
	}
	p.Send(wamptest.Message{wamptest.Subscribed, m.ID(1), l.id})
	if err := <-done; err != nil {
		s.T.Fatal(err)
	}
	return l
}

// none checks that no event came.
func (l *listener) none(t *testing.T) {
	t.Helper()
	synctest.Wait()
	select {
	case ev := <-l.events:
		t.Errorf("%s got %v", l.Topic(), ev)
	default:
	}
}

// R213, R214, R222, R223, R228, R230: the shape of PUBLISH. Without
// acknowledgement no reply is awaited.
func TestPublish_Shape(t *testing.T) {
	var id wamp.ID
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for i, row := range []struct {
			args   []any
			kwargs stage.Dict
			opts   []wamp.PublishOption
			want   wamptest.Message // after the id
		}{
			{nil, nil, nil, wamptest.Message{stage.Dict{}, "a.b"}}, // R222: the publisher is left out by default
			{[]any{"x"}, nil, nil, wamptest.Message{stage.Dict{}, "a.b", []any{"x"}}},
			{nil, stage.Dict{"k": "x"}, nil, wamptest.Message{stage.Dict{}, "a.b", []any{}, stage.Dict{"k": "x"}}},
			{nil, nil, []wamp.PublishOption{wamp.WithExcludeMe(false)}, wamptest.Message{stage.Dict{"exclude_me": false}, "a.b"}},
			{nil, nil, []wamp.PublishOption{wamp.WithDiscloseMe(), wamp.WithRetain()}, wamptest.Message{stage.Dict{"disclose_me": true, "retain": true}, "a.b"}},
			{nil, nil, []wamp.PublishOption{wamp.WithAcknowledge()}, wamptest.Message{stage.Dict{"acknowledge": true}, "a.b"}},
			{nil, nil, []wamp.PublishOption{wamp.WithPublicationTo(&id)}, wamptest.Message{stage.Dict{"acknowledge": true}, "a.b"}},
		} {
			done := stage.Begin(func() error { return c.Publish(s.T.Context(), "a.b", row.args, row.kwargs, row.opts...) })
			m := p.Expect(wamptest.Publish)
			if !reflect.DeepEqual(m[2:], row.want) {
				s.T.Errorf("row %d: found %v, want %v", i, m[2:], row.want)
			}
			synctest.Wait()
			if acknowledged := m.Dict(2)["acknowledge"] == true; acknowledged == (len(done) > 0) {
				s.T.Errorf("row %d: done %v before the answer", i, len(done) > 0)
			} else if acknowledged {
				p.Send(wamptest.Message{wamptest.Published, m.ID(1), int64(1) << 53})
			}
			if err := <-done; err != nil {
				s.T.Errorf("row %d: %v", i, err)
			}
		}
		if id != 1<<53 {
			s.T.Errorf("publication %d", id)
		}
	})
}

// R215, R217, R218: SUBSCRIBE and UNSUBSCRIBE, their answers, and several
// handlers behind one subscription id.
func TestSubscribe_Shared(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		a, b := listen(s, c, p, "a.b", 7), listen(s, c, p, "a.b", 7)
		p.Send(wamptest.Message{wamptest.Event, 7, 1, stage.Dict{}})
		if x, y := <-a.events, <-b.events; x.info.Publication != 1 || y.info.Publication != 1 {
			s.T.Errorf("got %v, %v", x, y)
		}
		if err := a.Unsubscribe(s.T.Context()); err != nil { // nothing is sent yet
			s.T.Error(err)
		}
		p.Send(wamptest.Message{wamptest.Event, 7, 2, stage.Dict{}})
		if x := <-b.events; x.info.Publication != 2 {
			s.T.Errorf("got %v", x)
		}
		done := stage.Begin(func() error { return b.Unsubscribe(s.T.Context()) })
		m := p.Expect(wamptest.Unsubscribe)
		if m.ID(2) != 7 || len(m) != 3 {
			s.T.Errorf("found %v", m)
		}
		p.Send(wamptest.Message{wamptest.Event, 7, 3, stage.Dict{}}, wamptest.Answer(m), wamptest.Message{wamptest.Event, 7, 4, stage.Dict{}}) // R234
		if err := <-done; err != nil {
			s.T.Error(err)
		}
		a.none(s.T)
		b.none(s.T)
		s.Works(c, p)
	})
}

// R215, R210: the errors of UNSUBSCRIBE.
func TestUnsubscribe_Errors(t *testing.T) {
	for uri, fails := range map[string]bool{"wamp.error.no_such_subscription": false, "wamp.error.not_authorized": true} {
		stage.Bubbles(t, func(s *stage.Stage) {
			c, p := s.Connect()
			l := listen(s, c, p, "a.b", 0)
			done := stage.Begin(func() error { return l.Unsubscribe(s.T.Context()) })
			p.Send(wamptest.Message{wamptest.Error, wamptest.Unsubscribe, p.Expect(wamptest.Unsubscribe).ID(1), stage.Dict{}, uri})
			if err := <-done; (err != nil) != fails || fails && !errors.Is(err, wamp.ErrNotAuthorized) {
				s.T.Errorf("%s: %v", uri, err)
			}
			if <-l.Done(); !errors.Is(l.Err(), wamp.ErrClosed) {
				s.T.Error(l.Err())
			}
		})
	}
}

// R073: a handler that leaves while another one subscribes to the same topic
// does not take the subscription with it.
func TestSubscribe_WhileUnsubscribing(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		a := listen(s, c, p, "a.b", 7)
		second := make(chan wamp.ID, 1)
		done := stage.Begin(func() error {
			_, err := c.Subscribe(s.T.Context(), "a.b", func(ctx context.Context, _ wamp.Payload) error {
				second <- wamp.EventInfoFrom(ctx).Publication
				return nil
			})
			return err
		})
		m := p.Expect(wamptest.Subscribe)
		if err := a.Unsubscribe(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		s.Works(c, p) // no UNSUBSCRIBE
		p.Send(wamptest.Message{wamptest.Subscribed, m.ID(1), 7}, wamptest.Message{wamptest.Event, 7, 5, stage.Dict{}})
		if err := <-done; err != nil || <-second != 5 {
			s.T.Error(err)
		}
		a.none(s.T)
		s.Works(c, p)
	})
}

// R216, R219, R220, R221: events reach their handlers from SUBSCRIBED on, in
// order and unchanged, and are not answered.
func TestEvents(t *testing.T) {
	args, kwargs := []any{"text", int64(5), nil, []any{}}, stage.Dict{"k": stage.Dict{"n": true}}
	stage.Bubbles(t, func(s *stage.Stage) {
		const n = 500
		c, p := s.Connect()
		var got []int64
		full := make(chan received, 1)
		done := stage.Begin(func() error {
			_, err := c.Subscribe(s.T.Context(), "a.b", func(ctx context.Context, ev wamp.Payload) error {
				if info := wamp.EventInfoFrom(ctx); info.Publication <= n {
					got = append(got, int64(info.Publication))
				} else {
					full <- received{ev, info}
				}
				return nil
			})
			return err
		})
		glued := []wamptest.Message{{wamptest.Subscribed, p.Expect(wamptest.Subscribe).ID(1), 7}}
		for i := 1; i <= n; i++ {
			glued = append(glued, wamptest.Message{wamptest.Event, 7, i, stage.Dict{}})
		}
		p.Send(append(glued, wamptest.Message{wamptest.Event, 7, int64(1) << 53, stage.Dict{"x_own": "v"}, args, kwargs})...)
		ev := <-full
		if err := <-done; err != nil {
			s.T.Error(err)
		}
		if !reflect.DeepEqual(ev.Args, args) || !reflect.DeepEqual(ev.Kwargs, kwargs) || ev.info.Details()["x_own"] != "v" {
			s.T.Errorf("got %v", ev)
		}
		if len(got) != n || !slices.IsSorted(got) {
			s.T.Errorf("%d events, in order: %v", len(got), slices.IsSorted(got))
		}
		a, b := listen(s, c, p, "a.", 8, wamp.WithPrefix()), listen(s, c, p, "a..c", 9, wamp.WithWildcard())
		p.Send(wamptest.Message{wamptest.Event, 8, 77, stage.Dict{"topic": "a.b.c"}}, wamptest.Message{wamptest.Event, 9, 77, stage.Dict{"topic": "a.b.c"}}) // R221
		if x, y := <-a.events, <-b.events; x.info.Publication != 77 || y.info.Publication != 77 {
			s.T.Errorf("got %v, %v", x, y)
		}
		s.Works(c, p)
	})
}

// R225 to R227, R229, R231: patterns, retained events and what is told of them.
func TestEvents_Info(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, row := range []struct {
			topic   string
			opts    []wamp.SubscribeOption
			options stage.Dict
			details stage.Dict
			want    wamp.EventInfo
		}{
			{"a.b", nil, stage.Dict{}, stage.Dict{}, wamp.EventInfo{Topic: "a.b", Exact: true}},
			{"a.b", []wamp.SubscribeOption{wamp.WithPrefix()}, stage.Dict{"match": "prefix"}, stage.Dict{"topic": "a.b-x"}, wamp.EventInfo{Topic: "a.b-x", Exact: true}}, // R227
			{"a.b", []wamp.SubscribeOption{wamp.WithPrefix()}, stage.Dict{"match": "prefix"}, stage.Dict{"topic": "a.b"}, wamp.EventInfo{Topic: "a.b", Exact: true}},
			{"a..c", []wamp.SubscribeOption{wamp.WithWildcard()}, stage.Dict{"match": "wildcard"}, stage.Dict{}, wamp.EventInfo{Topic: "a..c"}}, // R226: flagged
			{"a.b", []wamp.SubscribeOption{wamp.WithGetRetained()}, stage.Dict{"get_retained": true}, stage.Dict{"retained": true}, wamp.EventInfo{Topic: "a.b", Exact: true, Retained: true}},
			{"a.b", nil, stage.Dict{}, stage.Dict{"publisher": 5, "publisher_authid": "ann", "publisher_authrole": "user", "trustlevel": 3},
				wamp.EventInfo{Topic: "a.b", Exact: true, Publisher: 5, AuthID: "ann", AuthRole: "user", TrustLevel: 3}},
		} {
			events := make(chan wamp.EventInfo, 1)
			done := stage.Begin(func() error {
				_, err := c.Subscribe(s.T.Context(), row.topic, func(ctx context.Context, _ wamp.Payload) error {
					events <- wamp.EventInfoFrom(ctx)
					return nil
				}, row.opts...)
				return err
			})
			m := p.Expect(wamptest.Subscribe)
			if !reflect.DeepEqual(m[2:], wamptest.Message{row.options, row.topic}) {
				s.T.Errorf("found %v, want %v", m, row.options)
			}
			p.Send(wamptest.Answer(m))
			if err := <-done; err != nil { // R231: no retained event is no error
				s.T.Error(err)
			}
			p.Send(wamptest.Message{wamptest.Event, m.ID(1), int64(1) << 53, row.details})
			got := <-events
			if len(got.Details()) != len(row.details) {
				s.T.Errorf("details %v, want %v", got.Details(), row.details)
			}
			row.want.Publication = 1 << 53
			if got.Topic != row.want.Topic || got.Exact != row.want.Exact || got.Publication != row.want.Publication ||
				got.Publisher != row.want.Publisher || got.AuthID != row.want.AuthID || got.AuthRole != row.want.AuthRole ||
				got.TrustLevel != row.want.TrustLevel || got.Retained != row.want.Retained {
				s.T.Errorf("got %+v, want %+v", got, row.want)
			}
		}
	})
}

// R217, R218, R231: where handlers share a subscription, retained events go to those
// that asked for them, and to each of them once a session: the router sends them
// again to the next one that asks.
func TestSubscribe_SharedRetained(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		retained := func(publication int) wamptest.Message {
			return wamptest.Message{wamptest.Event, 7, publication, stage.Dict{"retained": true}}
		}
		plain := listen(s, c, p, "a.b", 7)
		first := listen(s, c, p, "a.b", 7, wamp.WithGetRetained())
		p.Send(retained(1))
		if ev := <-first.events; ev.info.Publication != 1 || !ev.info.Retained {
			s.T.Errorf("got %v", ev)
		}
		second := listen(s, c, p, "a.b", 7, wamp.WithGetRetained())
		p.Send(retained(1), wamptest.Message{wamptest.Event, 7, 2, stage.Dict{}})
		if ev := <-second.events; ev.info.Publication != 1 || !ev.info.Retained {
			s.T.Errorf("got %v", ev)
		}
		for _, l := range []*listener{plain, first, second} {
			if ev := <-l.events; ev.info.Publication != 2 || ev.info.Retained {
				s.T.Errorf("got %v", ev)
			}
		}
		if err := second.Unsubscribe(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		p.Reset()
		p = s.Accept()
		p.Join()
		for range 2 { // plain and first
			p.Send(wamptest.Message{wamptest.Subscribed, p.Expect(wamptest.Subscribe).ID(1), 7})
		}
		p.Send(retained(1))
		if ev := <-first.events; ev.info.Publication != 1 {
			s.T.Errorf("on the next session: %v", ev)
		}
		plain.none(s.T)
		second.none(s.T)
		s.Works(c, p)
	})
}

// R232: a revoked subscription ends for all its handlers, nothing is sent, and
// it is not restored.
func TestSubscription_Revoked(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		a, b := listen(s, c, p, "a.b", 7), listen(s, c, p, "a.b", 7)
		p.Send(wamptest.Message{wamptest.Unsubscribed, 0, stage.Dict{"subscription": 7, "reason": "wamp.error.unsubscribed"}}, wamptest.Message{wamptest.Event, 7, 1, stage.Dict{}})
		for _, l := range []*listener{a, b} {
			if <-l.Done(); !errors.Is(l.Err(), wamp.ErrRevoked) {
				s.T.Error(l.Err())
			}
			if err := l.Unsubscribe(s.T.Context()); err != nil {
				s.T.Error(err)
			}
			l.none(s.T)
		}
		s.Works(c, p)
		p.Reset()
		p = s.Accept()
		p.Join()
		synctest.Wait()
		s.Works(c, p)
	})
}

// The ctx of an event in a loop ends when the loop asks for the next event, and when it
// is left, in whatever way.
func TestEvents_ContextEndsWithItsEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := wamptest.NewRealm(t)
		c, publisher := r.Client(t), r.Client(t)
		for name, leave := range map[string]func(){"break": func() {}, "panic": func() { panic("left") }} {
			go func() {
				synctest.Wait()
				for i := range 3 {
					_ = publisher.Publish(t.Context(), "com.example.t", []any{i}, nil)
				}
			}()
			var seen []context.Context
			func() {
				defer func() { _ = recover() }()
				for ev, err := range wamp.Events[stage.Number, *stage.Number](t.Context(), c, stage.Counts) {
					if err != nil {
						t.Fatal(err)
					}
					for i, before := range seen {
						if before.Err() == nil {
							t.Errorf("%s: the ctx of event %d has not ended at the next one", name, i)
						}
					}
					seen = append(seen, ev.Context())
					if ev.Context().Err() != nil || ev.Info.Publication != wamp.EventInfoFrom(ev.Context()).Publication {
						t.Errorf("%s: the ctx of an event is over before its end, or another one's", name)
					}
					if len(seen) == 3 {
						leave()
						break
					}
				}
			}()
			if len(seen) != 3 || seen[2].Err() == nil {
				t.Errorf("%s: the ctx of the last of %d events has not ended with the loop", name, len(seen))
			}
		}
	})
}
