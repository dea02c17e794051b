package live

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"

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
func (s *faultStage) listen(c *wamp.Client, p *wamptest.Peer, topic string, id int64, opts ...wamp.SubscribeOption) *listener {
	s.t.Helper()
	l := &listener{events: make(chan received, 1000)}
	done := begin(func() error {
		var err error
		l.Subscription, err = c.Subscribe(s.t.Context(), topic, func(ctx context.Context, ev wamp.Payload) error {
			l.events <- received{ev, wamp.EventInfoFrom(ctx)}
			return nil
		}, opts...)
		return err
	})
	m := p.Expect(wamptest.Subscribe)
	if l.id = id; id == 0 {
		l.id = m.ID(1)
	}
	p.Send(message{wamptest.Subscribed, m.ID(1), l.id})
	if err := <-done; err != nil {
		s.t.Fatal(err)
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
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		for i, row := range []struct {
			args   []any
			kwargs dict
			opts   []wamp.PublishOption
			want   message // after the id
		}{
			{nil, nil, nil, message{dict{}, "a.b"}}, // R222: the publisher is left out by default
			{[]any{"x"}, nil, nil, message{dict{}, "a.b", []any{"x"}}},
			{nil, dict{"k": "x"}, nil, message{dict{}, "a.b", []any{}, dict{"k": "x"}}},
			{nil, nil, []wamp.PublishOption{wamp.ExcludeMe(false)}, message{dict{"exclude_me": false}, "a.b"}},
			{nil, nil, []wamp.PublishOption{wamp.DiscloseMe(), wamp.Retain()}, message{dict{"disclose_me": true, "retain": true}, "a.b"}},
			{nil, nil, []wamp.PublishOption{wamp.Acknowledge()}, message{dict{"acknowledge": true}, "a.b"}},
			{nil, nil, []wamp.PublishOption{wamp.PublicationTo(&id)}, message{dict{"acknowledge": true}, "a.b"}},
		} {
			done := begin(func() error { return c.Publish(s.t.Context(), "a.b", row.args, row.kwargs, row.opts...) })
			m := p.Expect(wamptest.Publish)
			if !reflect.DeepEqual(m[2:], row.want) {
				s.t.Errorf("row %d: found %v, want %v", i, m[2:], row.want)
			}
			synctest.Wait()
			if acknowledged := m.Dict(2)["acknowledge"] == true; acknowledged == (len(done) > 0) {
				s.t.Errorf("row %d: done %v before the answer", i, len(done) > 0)
			} else if acknowledged {
				p.Send(message{wamptest.Published, m.ID(1), 1 << 53})
			}
			if err := <-done; err != nil {
				s.t.Errorf("row %d: %v", i, err)
			}
		}
		if id != 1<<53 {
			s.t.Errorf("publication %d", id)
		}
	})
}

// R215, R217, R218: SUBSCRIBE and UNSUBSCRIBE, their answers, and several
// handlers behind one subscription id.
func TestSubscribe_Shared(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		a, b := s.listen(c, p, "a.b", 7), s.listen(c, p, "a.b", 7)
		p.Send(message{wamptest.Event, 7, 1, dict{}})
		if x, y := <-a.events, <-b.events; x.info.Publication != 1 || y.info.Publication != 1 {
			s.t.Errorf("got %v, %v", x, y)
		}
		if err := a.Unsubscribe(s.t.Context()); err != nil { // nothing is sent yet
			s.t.Error(err)
		}
		p.Send(message{wamptest.Event, 7, 2, dict{}})
		if x := <-b.events; x.info.Publication != 2 {
			s.t.Errorf("got %v", x)
		}
		done := begin(func() error { return b.Unsubscribe(s.t.Context()) })
		m := p.Expect(wamptest.Unsubscribe)
		if m.ID(2) != 7 || len(m) != 3 {
			s.t.Errorf("found %v", m)
		}
		p.Send(message{wamptest.Event, 7, 3, dict{}}, wamptest.Answer(m), message{wamptest.Event, 7, 4, dict{}}) // R234
		if err := <-done; err != nil {
			s.t.Error(err)
		}
		a.none(s.t)
		b.none(s.t)
		s.works(c, p)
	})
}

// R215, R210: the errors of UNSUBSCRIBE.
func TestUnsubscribe_Errors(t *testing.T) {
	for uri, fails := range map[string]bool{"wamp.error.no_such_subscription": false, "wamp.error.not_authorized": true} {
		faultBubbles(t, func(s *faultStage) {
			c, p := s.join()
			l := s.listen(c, p, "a.b", 0)
			done := begin(func() error { return l.Unsubscribe(s.t.Context()) })
			p.Send(message{wamptest.Error, wamptest.Unsubscribe, p.Expect(wamptest.Unsubscribe).ID(1), dict{}, uri})
			if err := <-done; (err != nil) != fails || fails && !errors.Is(err, wamp.ErrNotAuthorized) {
				s.t.Errorf("%s: %v", uri, err)
			}
			if <-l.Done(); !errors.Is(l.Err(), wamp.ErrClosed) {
				s.t.Error(l.Err())
			}
		})
	}
}

// R073: a handler that leaves while another one subscribes to the same topic
// does not take the subscription with it.
func TestSubscribe_WhileUnsubscribing(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		a := s.listen(c, p, "a.b", 7)
		second := make(chan wamp.ID, 1)
		done := begin(func() error {
			_, err := c.Subscribe(s.t.Context(), "a.b", func(ctx context.Context, _ wamp.Payload) error {
				second <- wamp.EventInfoFrom(ctx).Publication
				return nil
			})
			return err
		})
		m := p.Expect(wamptest.Subscribe)
		if err := a.Unsubscribe(s.t.Context()); err != nil {
			s.t.Error(err)
		}
		s.works(c, p) // no UNSUBSCRIBE
		p.Send(message{wamptest.Subscribed, m.ID(1), 7}, message{wamptest.Event, 7, 5, dict{}})
		if err := <-done; err != nil || <-second != 5 {
			s.t.Error(err)
		}
		a.none(s.t)
		s.works(c, p)
	})
}

// R216, R219, R220, R221: events reach their handlers from SUBSCRIBED on, in
// order and unchanged, and are not answered.
func TestEvents(t *testing.T) {
	args, kwargs := []any{"text", int64(5), nil, []any{}}, dict{"k": dict{"n": true}}
	faultBubbles(t, func(s *faultStage) {
		const n = 500
		c, p := s.join()
		var got []int64
		full := make(chan received, 1)
		done := begin(func() error {
			_, err := c.Subscribe(s.t.Context(), "a.b", func(ctx context.Context, ev wamp.Payload) error {
				if info := wamp.EventInfoFrom(ctx); info.Publication <= n {
					got = append(got, int64(info.Publication))
				} else {
					full <- received{ev, info}
				}
				return nil
			})
			return err
		})
		glued := []message{{wamptest.Subscribed, p.Expect(wamptest.Subscribe).ID(1), 7}}
		for i := 1; i <= n; i++ {
			glued = append(glued, message{wamptest.Event, 7, i, dict{}})
		}
		p.Send(append(glued, message{wamptest.Event, 7, 1 << 53, dict{"x_own": "v"}, args, kwargs})...)
		ev := <-full
		if err := <-done; err != nil {
			s.t.Error(err)
		}
		if !reflect.DeepEqual(ev.Args, args) || !reflect.DeepEqual(ev.Kwargs, kwargs) || ev.info.Details()["x_own"] != "v" {
			s.t.Errorf("got %v", ev)
		}
		if len(got) != n || !slices.IsSorted(got) {
			s.t.Errorf("%d events, in order: %v", len(got), slices.IsSorted(got))
		}
		a, b := s.listen(c, p, "a.", 8, wamp.Prefix()), s.listen(c, p, "a..c", 9, wamp.Wildcard())
		p.Send(message{wamptest.Event, 8, 77, dict{"topic": "a.b.c"}}, message{wamptest.Event, 9, 77, dict{"topic": "a.b.c"}}) // R221
		if x, y := <-a.events, <-b.events; x.info.Publication != 77 || y.info.Publication != 77 {
			s.t.Errorf("got %v, %v", x, y)
		}
		s.works(c, p)
	})
}

// R225 to R227, R229, R231: patterns, retained events and what is told of them.
func TestEvents_Info(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		for _, row := range []struct {
			topic   string
			opts    []wamp.SubscribeOption
			options dict
			details dict
			want    wamp.EventInfo
		}{
			{"a.b", nil, dict{}, dict{}, wamp.EventInfo{Topic: "a.b", Exact: true}},
			{"a.b", []wamp.SubscribeOption{wamp.Prefix()}, dict{"match": "prefix"}, dict{"topic": "a.b-x"}, wamp.EventInfo{Topic: "a.b-x", Exact: true}}, // R227
			{"a.b", []wamp.SubscribeOption{wamp.Prefix()}, dict{"match": "prefix"}, dict{"topic": "a.b"}, wamp.EventInfo{Topic: "a.b", Exact: true}},
			{"a..c", []wamp.SubscribeOption{wamp.Wildcard()}, dict{"match": "wildcard"}, dict{}, wamp.EventInfo{Topic: "a..c"}}, // R226: flagged
			{"a.b", []wamp.SubscribeOption{wamp.GetRetained()}, dict{"get_retained": true}, dict{"retained": true}, wamp.EventInfo{Topic: "a.b", Exact: true, Retained: true}},
			{"a.b", nil, dict{}, dict{"publisher": 5, "publisher_authid": "ann", "publisher_authrole": "user", "trustlevel": 3},
				wamp.EventInfo{Topic: "a.b", Exact: true, Publisher: 5, AuthID: "ann", AuthRole: "user", TrustLevel: 3}},
		} {
			events := make(chan wamp.EventInfo, 1)
			done := begin(func() error {
				_, err := c.Subscribe(s.t.Context(), row.topic, func(ctx context.Context, _ wamp.Payload) error {
					events <- wamp.EventInfoFrom(ctx)
					return nil
				}, row.opts...)
				return err
			})
			m := p.Expect(wamptest.Subscribe)
			if !reflect.DeepEqual(m[2:], message{row.options, row.topic}) {
				s.t.Errorf("found %v, want %v", m, row.options)
			}
			p.Send(wamptest.Answer(m))
			if err := <-done; err != nil { // R231: no retained event is no error
				s.t.Error(err)
			}
			p.Send(message{wamptest.Event, m.ID(1), 1 << 53, row.details})
			got := <-events
			if len(got.Details()) != len(row.details) {
				s.t.Errorf("details %v, want %v", got.Details(), row.details)
			}
			row.want.Publication = 1 << 53
			if got.Topic != row.want.Topic || got.Exact != row.want.Exact || got.Publication != row.want.Publication ||
				got.Publisher != row.want.Publisher || got.AuthID != row.want.AuthID || got.AuthRole != row.want.AuthRole ||
				got.TrustLevel != row.want.TrustLevel || got.Retained != row.want.Retained {
				s.t.Errorf("got %+v, want %+v", got, row.want)
			}
		}
	})
}

// R232: a revoked subscription ends for all its handlers, nothing is sent, and
// it is not restored.
func TestSubscription_Revoked(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		a, b := s.listen(c, p, "a.b", 7), s.listen(c, p, "a.b", 7)
		p.Send(message{wamptest.Unsubscribed, 0, dict{"subscription": 7, "reason": "wamp.error.unsubscribed"}}, message{wamptest.Event, 7, 1, dict{}})
		for _, l := range []*listener{a, b} {
			if <-l.Done(); !errors.Is(l.Err(), wamp.ErrRevoked) {
				s.t.Error(l.Err())
			}
			if err := l.Unsubscribe(s.t.Context()); err != nil {
				s.t.Error(err)
			}
			l.none(s.t)
		}
		s.works(c, p)
		p.Reset()
		p = s.Accept()
		p.Join()
		synctest.Wait()
		s.works(c, p)
	})
}
