package interop

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

var record = flag.Bool("record", false, "write down what the routers say in testdata/deviations")

// deviation is a way of a router that a client must survive
// (docs/requirements.md 5.3, by router and number).
type deviation struct {
	name   string
	router string // "" if it cannot be had: then its record is written by hand
	shows  string // a pattern of the transcript: the frame that deviates
	lacks  string // a pattern that it does not have
	do     func(context.Context, *stage) error
}

// stage connects clients to a router, or to the record of one.
type stage struct {
	*gate
	dialer transport.Dialer
	url    string
	close  []func() error
}

func (s *stage) connect(ctx context.Context, opts ...wamp.ConnectOption) (*wamp.Client, error) {
	return s.join(ctx, realm, opts...)
}

func (s *stage) join(ctx context.Context, realm string, opts ...wamp.ConnectOption) (*wamp.Client, error) {
	opts = append([]wamp.ConnectOption{wamp.WithDialer(s.dialer), wamp.WithSerializers(codec.JSON),
		wamp.WithLogger(slog.New(slog.DiscardHandler))}, opts...)
	c, err := wamp.Connect(ctx, s.url, realm, opts...)
	if err == nil {
		s.close = append(s.close, func() error { return c.Close(ctx) })
	}
	return c, err
}

// The deviations of routers, from their records. With the routers at hand they
// are also tried out: -record writes what they say.
func TestDeviations(t *testing.T) {
	for _, d := range slices.Concat(deviations, moreDeviations) {
		path := filepath.Join("testdata", "deviations", strings.ReplaceAll(d.name, " ", "-")+".txt")
		if d.router != "" {
			t.Run(d.name+"/live", func(t *testing.T) { d.live(t, path) })
		}
		t.Run(d.name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { d.replay(t, path) }) })
	}
}

func (d deviation) live(t *testing.T, path string) {
	r, err := routers[slices.Index(order, d.router)].start()
	if missing(err) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	to := &transcript{}
	g := newGate()
	url := r.urls["tcp"]
	if r.login["tcp"] != "" {
		url = r.login["tcp"]
	}
	if url == "" {
		url = r.urls["ws"]
	}
	d.run(t, &stage{gate: g, dialer: recorder{g, to}, url: url})
	d.check(t, to)
	if *record && !t.Failed() {
		if err := os.WriteFile(path, []byte(to.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func (d deviation) replay(t *testing.T, path string) {
	script, err := readTranscript(path)
	if err != nil {
		t.Fatal(err)
	}
	d.check(t, script)
	var ended sync.WaitGroup
	g := newGate()
	d.run(t, &stage{gate: g, url: "tcp://127.0.0.1:1", dialer: player{g, script, new(int), &ended, func(err error) { t.Error(err) }}})
	ended.Wait()
}

// run does what is to be survived; then every client still says farewell.
func (d deviation) run(t *testing.T, s *stage) {
	ctx, cancel := context.WithTimeout(t.Context(), exerciseLimit)
	defer cancel()
	if err := d.do(ctx, s); err != nil {
		t.Error(err)
	}
	for _, f := range s.close {
		if err := f(); err != nil {
			t.Error(err)
		}
	}
}

func (d deviation) check(t *testing.T, to *transcript) {
	text := to.String()
	if d.shows != "" && !regexp.MustCompile("(?m)"+d.shows).MatchString(text) {
		t.Errorf("no frame is like %s:\n%s", d.shows, text)
	}
	if d.lacks != "" && regexp.MustCompile("(?m)"+d.lacks).MatchString(text) {
		t.Errorf("a frame is like %s:\n%s", d.lacks, text)
	}
}

const uri = "com.example.deviation"

var deviations = []deviation{
	// R175, R057
	{"crossbar 1", "Crossbar.io", `^> \[49,`, `^< \[8,48,`, canceled(wamp.Skip, false)},
	{"crossbar 2", "Crossbar.io", `^< \[8,48,3,.*"wamp.error.canceled"`, `^< \[50,3,`, canceled(wamp.Kill, true)},
	{"crossbar 3", "Crossbar.io", "", `^> \[48,.*"timeout"`, timedOut},
	{"crossbar 7", "Crossbar.io", `^< \[3,.*"wamp.error.not_authorized"`, "", wrongTicket},
	{"crossbar 8", "Crossbar.io", `^< \[6,.*"wamp.close.normal"`, "", nothing},
	{"crossbar 10", "Crossbar.io", `^< \[50,.*"callee_authrole"`, "", called},
	{"crossbar 15", "Crossbar.io", `^< \[3,.*"wamp.error.no_such_realm"`, "", noSuchRealm},
	{"crossbar 24", "Crossbar.io", `^< \[50,.*"time_ns"`, "", resumed},
	{"crossbar 25", "Crossbar.io", `^< \[50,\d+,[^[]*\[\[`, "", sessionList},
	{"nexus 1", "nexus", `^< \[68,.*"progress":false`, "", called},
	{"nexus 5", "nexus", `^> \[48,.*"timeout":200`, "", timedOut}, // its clock or ours may be first
	{"nexus 7", "nexus", `^< \[8,48,.*"wamp.error.no_such_procedure"`, "", countSubscribers},
	{"nexus 8", "nexus", `^< \[50,.*"Subscription"`, "", resumed},
	{"nexus 10", "nexus", `^< \[3,.*"wamp.error.authentication_failed"`, "", wrongTicket},
	{"nexus 14", "nexus", `^< \[8,64,.*"wamp.error.procedure_already_exists"`, "", otherPolicy},
	{"fox 1", "fox-wamp", "", `^< \[2,.*"authid"`, nothing},
	{"fox 2", "fox-wamp", `^< \[50,.*,null\]`, "", called},
	{"fox 4", "fox-wamp", `^< \[36,.*\n< \[17,`, "", ownEvent},
	{"fox 5", "fox-wamp", "", `^< \[8,48,`, canceled(wamp.Kill, false)},
	{"fox 6", "fox-wamp", `^< \[6,.*"wamp.error.goodbye_and_out"`, "", nothing},
	{"xconn 4", "", `^> \[49,`, `^< \[8,48,`, canceled(wamp.Kill, false)},
	{"xconn 8", "", "", `"topic"|"procedure"`, byPattern},
	{"xconn 9", "", `^< \[36,`, "", ownEventUnasked},
}

// nothing is to join and to leave.
func nothing(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	if c.Realm() != realm {
		return fmt.Errorf("joined the realm %q", c.Realm())
	}
	return nil
}

func echo(_ context.Context, p wamp.Payload) (wamp.Payload, error) { return p, nil }

// called is a call that comes back as it was.
func called(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	if _, err := c.Register(ctx, uri, echo); err != nil {
		return err
	}
	return works(ctx, c)
}

func works(ctx context.Context, c *wamp.Client) error {
	out, err := c.Call(ctx, uri, []any{42}, nil)
	if err != nil || len(out.Args) != 1 || out.Args[0] != int64(42) || len(out.Kwargs) != 0 {
		return fmt.Errorf("the call gives %v: %w", out, err)
	}
	return nil
}

// canceled gives up a call that its callee does not end, or answers too late. The
// caller does not wait for an answer, and the session goes on.
func canceled(mode wamp.CancelMode, late bool) func(context.Context, *stage) error {
	return func(ctx context.Context, s *stage) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		if _, err := c.Register(ctx, uri, echo); err != nil {
			return err
		}
		begun := make(chan bool, 1)
		_, err = c.Register(ctx, uri+".hang", func(ctx context.Context, p wamp.Payload) (wamp.Payload, error) {
			begun <- true
			<-ctx.Done() // late, or of the end
			return wamp.Payload{}, nil
		})
		if err != nil {
			return err
		}
		call, cancel := context.WithCancel(ctx)
		defer cancel()
		done := make(chan error, 1)
		go func() {
			_, err := c.Call(call, uri+".hang", nil, nil, wamp.WithCancelMode(mode))
			done <- err
		}()
		<-begun
		cancel()
		err = <-done
		if late && !errors.Is(err, wamp.ErrCanceled) || !late && !errors.Is(err, context.Canceled) {
			return fmt.Errorf("the call ended with %w", err)
		}
		return works(ctx, c)
	}
}

// timedOut is a call that takes too long; it ends with its timeout in any case.
func timedOut(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	release := make(chan struct{})
	defer close(release)
	_, err = c.Register(ctx, uri, func(ctx context.Context, p wamp.Payload) (wamp.Payload, error) {
		<-release
		return p, nil
	})
	if err != nil {
		return err
	}
	_, err = c.Call(ctx, uri, nil, nil, wamp.WithCallTimeout(200*time.Millisecond))
	if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, wamp.ErrTimeout) {
		return fmt.Errorf("the call ended with %w", err)
	}
	return nil
}

// wrongTicket is refused, however long it tries.
func wrongTicket(ctx context.Context, s *stage) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, err := s.connect(ctx, wamp.WithAuth(auth.Ticket("joe", auth.NewSecret("wrong"))))
	if !errors.Is(err, wamp.ErrAuthenticationFailed) {
		return fmt.Errorf("the login ended with %w", err)
	}
	return nil
}

func noSuchRealm(ctx context.Context, s *stage) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, err := s.join(ctx, "nowhere")
	if !errors.Is(err, wamp.ErrNoSuchRealm) {
		return fmt.Errorf("joining ended with %w", err)
	}
	return nil
}

// resume subscribes to a topic with a history, and returns the numbers that come.
// A gap is -1.
func resume(ctx context.Context, c *wamp.Client, topic string) (<-chan int64, error) {
	seen := make(chan int64, 10)
	_, err := c.Subscribe(ctx, topic, func(ctx context.Context, p wamp.Payload) error {
		if wamp.EventInfoFrom(ctx).Gap {
			seen <- -1
		}
		seen <- p.Args[0].(int64)
		return nil
	}, wamp.WithResume())
	return seen, err
}

// resumed loses its connection and gets what was published meanwhile.
func resumed(ctx context.Context, s *stage) error {
	const topic = "hist"
	p, err := s.connect(ctx)
	if err != nil {
		return err
	}
	other, err := s.connect(ctx)
	if err != nil {
		return err
	}
	c, err := s.connect(ctx) // last: its connection is the one to be cut
	if err != nil {
		return err
	}
	seen, err := resume(ctx, c, topic)
	if err != nil {
		return err
	}
	// Both routers keep a history only while somebody gets the events.
	if _, err := other.Subscribe(ctx, topic, func(context.Context, wamp.Payload) error { return nil }); err != nil {
		return err
	}
	publish := func(n int) error { return p.Publish(ctx, topic, []any{n}, nil, wamp.WithAcknowledge()) }
	if err := publish(1); err != nil {
		return err
	}
	if got, err := receive(ctx, "an event", seen); got != 1 {
		return fmt.Errorf("want event 1, found %d: %w", got, err)
	}
	mend := s.cut()
	err = errors.Join(publish(2), publish(3))
	mend()
	if err != nil {
		return err
	}
	for want := int64(2); want <= 3; want++ {
		if got, err := receive(ctx, "a missed event", seen); got != want {
			return fmt.Errorf("want event %d, found %d: %w", want, got, err)
		}
	}
	return nil
}

// sessionList is a list within the arguments.
func sessionList(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	out, err := c.Call(ctx, "wamp.session.list", nil, nil)
	if err != nil || len(out.Args) != 1 {
		return fmt.Errorf("wamp.session.list gives %v: %w", out, err)
	}
	return nil
}

func countSubscribers(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	_, err = c.Call(ctx, "wamp.subscription.count_subscribers", []any{1}, nil)
	if !errors.Is(err, wamp.ErrNoSuchProcedure) {
		return fmt.Errorf("count_subscribers ended with %w", err)
	}
	return nil
}

// otherPolicy registers a procedure that another client has shared otherwise.
func otherPolicy(ctx context.Context, s *stage) error {
	first, err := s.connect(ctx)
	if err != nil {
		return err
	}
	if _, err := first.Register(ctx, uri, echo, wamp.WithInvokePolicy(wamp.InvokeRoundRobin)); err != nil {
		return err
	}
	second, err := s.connect(ctx)
	if err != nil {
		return err
	}
	_, err = second.Register(ctx, uri, echo, wamp.WithInvokePolicy(wamp.InvokeFirst))
	if !errors.Is(err, wamp.ErrProcedureAlreadyExists) {
		return fmt.Errorf("registering ended with %w", err)
	}
	return works(ctx, second)
}

// ownEvent asks for its own event.
func ownEvent(ctx context.Context, s *stage) error { return own(ctx, s, wamp.WithExcludeMe(false)) }

// ownEventUnasked gets it although it did not ask.
func ownEventUnasked(ctx context.Context, s *stage) error { return own(ctx, s) }

func own(ctx context.Context, s *stage, opts ...wamp.PublishOption) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	seen := make(chan bool, 1)
	if _, err := c.Subscribe(ctx, uri, func(context.Context, wamp.Payload) error { seen <- true; return nil }); err != nil {
		return err
	}
	if err := c.Publish(ctx, uri, nil, nil, append(opts, wamp.WithAcknowledge())...); err != nil {
		return err
	}
	_, err = receive(ctx, "the own event", seen)
	return err
}

// byPattern handles events and calls by a pattern whose concrete URI the router
// does not say.
func byPattern(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	events, calls := make(chan wamp.EventInfo, 1), make(chan string, 1)
	_, err = c.Subscribe(ctx, uri, func(ctx context.Context, _ wamp.Payload) error {
		events <- wamp.EventInfoFrom(ctx)
		return nil
	}, wamp.WithPrefix())
	if err != nil {
		return err
	}
	_, err = c.Register(ctx, uri, func(ctx context.Context, p wamp.Payload) (wamp.Payload, error) {
		calls <- wamp.CallInfoFrom(ctx).Procedure
		return p, nil
	}, wamp.WithPrefix())
	if err != nil {
		return err
	}
	if err := works(ctx, c); err != nil {
		return err
	}
	if procedure, err := receive(ctx, "a call", calls); err != nil || procedure != "" {
		return fmt.Errorf("the called URI is %q: %w", procedure, err)
	}
	if e, err := receive(ctx, "an event", events); err != nil || e.Exact || e.Topic != uri {
		return fmt.Errorf("the topic is %q, exact %v: %w", e.Topic, e.Exact, err)
	}
	return nil
}
