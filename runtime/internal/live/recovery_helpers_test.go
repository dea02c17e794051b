package live

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// recStage is a fake router behind a network with faults, in a synctest bubble.
type recStage struct {
	*wamptest.Script
	t      *testing.T
	kind   wamptest.Kind
	format codec.Format
	net    *wamptest.Faults
	log    *recLog

	inHandler atomic.Value // func(context.Context), see recInside
}

// recTransports runs f in a bubble over both transports; recFormats over all
// formats too.
func recTransports(t *testing.T, f func(*recStage)) {
	recBubble(t, wamptest.WebSocket, codec.MessagePack, f)
	recBubble(t, wamptest.RawSocket, codec.CBOR, f)
}

func recFormats(t *testing.T, f func(*recStage)) {
	for _, k := range []wamptest.Kind{wamptest.WebSocket, wamptest.RawSocket} {
		for _, format := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			recBubble(t, k, format, f)
		}
	}
}

func recBubble(t *testing.T, k wamptest.Kind, format codec.Format, f func(*recStage)) {
	t.Run(k.String()+"/"+format.String(), func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := wamptest.NewPipeScript(t, k, format)
			f(&recStage{Script: s, t: t, kind: k, format: format, net: &wamptest.Faults{Dial: s.NetDial}, log: &recLog{}})
		})
	})
}

// recOutcome is what Connect returned.
type recOutcome struct {
	client *wamp.Client
	err    error
}

// options are what every client of a stage needs.
func (s *recStage) options(more []wamp.ConnectOption) []wamp.ConnectOption {
	return append([]wamp.ConnectOption{
		wamp.WithSerializers(s.format), wamp.WithNetDial(s.net.NetDial), wamp.WithLogger(slog.New(s.log)),
	}, more...)
}

// dial begins to connect; the client is closed at the end of the test.
func (s *recStage) dial(opts ...wamp.ConnectOption) <-chan recOutcome {
	done := make(chan recOutcome, 1)
	go func() {
		c, err := wamp.Connect(s.t.Context(), s.URL(), "realm1", s.options(opts)...)
		if err == nil {
			s.t.Cleanup(func() {
				s.net.Set(wamptest.Fault{})
				s.Stop() // nobody would answer the GOODBYE
				if err := c.Close(context.Background()); err != nil {
					s.t.Error(err)
				}
			})
		}
		done <- recOutcome{c, err}
	}()
	return done
}

// join connects a client whose peer is in the hands of the test.
func (s *recStage) join(opts ...wamp.ConnectOption) (*wamp.Client, *wamptest.Peer) {
	s.t.Helper()
	done := s.dial(opts...)
	p := s.Accept()
	p.Join()
	return s.connected(done), p
}

func (s *recStage) connected(done <-chan recOutcome) *wamp.Client {
	s.t.Helper()
	o := <-done
	if o.err != nil {
		s.t.Fatalf("connect: %v", o.err)
	}
	return o.client
}

// again accepts the next session and lets it join.
func (s *recStage) again() *wamptest.Peer {
	s.t.Helper()
	p := s.Accept()
	p.Join()
	return p
}

// works proves that c and its session on p do what they should.
func (s *recStage) works(c *wamp.Client, p *wamptest.Peer) {
	s.t.Helper()
	done := make(chan error, 1)
	go func() {
		_, err := c.Call(s.t.Context(), "com.example.alive", []any{"yes"}, nil)
		done <- err
	}()
	p.Send(wamptest.Answer(p.Expect(wamptest.Call)))
	if err := <-done; err != nil {
		s.t.Fatalf("call: %v", err)
	}
}

// until waits for a status that is as wanted and returns it.
func (s *recStage) until(c *wamp.Client, want func(wamp.Status) bool) wamp.Status {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 12*time.Hour)
	defer cancel()
	for st := range c.Watch(ctx) {
		if want(st) {
			return st
		}
	}
	s.t.Fatalf("the client never got there; it is %v: %v", c.Status().State, c.Status().Err)
	return wamp.Status{}
}

func recIn(state wamp.State) func(wamp.Status) bool {
	return func(s wamp.Status) bool { return s.State == state }
}

// recReply answers one message of the client; nil is what Answer says.
type recReply func(*recSession, wamptest.Message) []wamptest.Message

// recRouter is a fake router that plays every session by itself and remembers
// what each one asked for.
type recRouter struct {
	stage *recStage
	reply recReply
	mute  bool // GOODBYE is not answered

	mu       sync.Mutex
	sessions []*recSession
	came     chan *recSession
}

// recSession is one session as the router saw it.
type recSession struct {
	peer  *wamptest.Peer
	index int // 0 is the first
	hello wamptest.Message

	mu    sync.Mutex
	asked []wamptest.Message
}

// serve makes the stage's router answer by itself.
func (s *recStage) serve(reply recReply) *recRouter {
	r := &recRouter{stage: s, reply: reply, came: make(chan *recSession, 10_000)}
	s.Serve(r.play)
	return r
}

func (r *recRouter) play(p *wamptest.Peer) {
	hello, err := p.Next()
	if err != nil || hello.Type() != wamptest.Hello {
		return
	}
	r.mu.Lock()
	s := &recSession{peer: p, index: len(r.sessions), hello: hello}
	r.sessions = append(r.sessions, s)
	r.mu.Unlock()
	p.Send(r.stage.Welcome())
	r.came <- s
	for {
		m, err := p.Next()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.asked = append(s.asked, m)
		s.mu.Unlock()
		if m.Type() == wamptest.Goodbye && r.mute {
			continue
		}
		if r.reply != nil {
			if answers := r.reply(s, m); answers != nil {
				p.Send(answers...)
				continue
			}
		}
		if answer := wamptest.Answer(m); answer != nil {
			p.Send(answer)
		}
	}
}

// last is the session that came last.
func (r *recRouter) last() *recSession {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sessions[len(r.sessions)-1]
}

// count is how many sessions there were so far.
func (r *recRouter) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sessions)
}

// of returns the messages of the given types in the order in which they came.
func (s *recSession) of(types ...int) []wamptest.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []wamptest.Message
	for _, m := range s.asked {
		for _, t := range types {
			if m.Type() == t {
				out = append(out, m)
			}
		}
	}
	return out
}

// recSilent is a reply that is none: the router keeps quiet.
var recSilent = []wamptest.Message{}

// recLog is a slog.Handler that keeps its lines.
type recLog struct {
	mu    sync.Mutex
	lines []string
}

func (*recLog) Enabled(context.Context, slog.Level) bool { return true }
func (l *recLog) WithAttrs([]slog.Attr) slog.Handler     { return l }
func (l *recLog) WithGroup(string) slog.Handler          { return l }

func (l *recLog) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	b.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		b.WriteString(" " + a.String())
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, b.String())
	return nil
}

// with returns the lines that hold all parts.
func (l *recLog) with(parts ...string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
next:
	for _, line := range l.lines {
		for _, part := range parts {
			if !strings.Contains(line, part) {
				continue next
			}
		}
		out = append(out, line)
	}
	return out
}

// recNothing is a handler of procedures that answers with its input.
func recNothing(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil }

// recLost tells whether err is a lost session's, and safe to retry or not.
func recLost(err error, safe bool) bool {
	return errors.Is(err, wamp.ErrLost) && wamp.SafeToRetry(err) == safe
}

// recSeen is one status that a Watch loop got, and when.
type recSeen struct {
	wamp.Status
	at time.Time
}

// recWatch collects what c goes through until the returned function is called,
// which waits until nothing moves.
func recWatch(s *recStage, c *wamp.Client) func() []recSeen {
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan []recSeen, 1)
	go func() {
		var seen []recSeen
		for st := range c.Watch(ctx) {
			seen = append(seen, recSeen{st, time.Now()})
		}
		done <- seen
	}()
	synctest.Wait()
	return func() []recSeen {
		synctest.Wait()
		cancel()
		return <-done
	}
}

// recOf returns those in a state.
func recOf(seen []recSeen, state wamp.State) []recSeen {
	var out []recSeen
	for _, s := range seen {
		if s.State == state {
			out = append(out, s)
		}
	}
	return out
}

// recFull is set for long runs.
var recFull = os.Getenv("WAMPGEN_FULL") != ""
