package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/transport"
)

// rig is one session, what it has in common with others, and the router's end of
// its connection, which the test plays in JSON.
type rig struct {
	t      *testing.T
	cfg    Config
	line   *line
	router transport.Conn
	s      *Session
	ending atomic.Int64 // calls of Config.Ending
}

// bubble runs f in a synctest bubble, which also proves that no goroutine is
// left.
func bubble(t *testing.T, f func(*rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, line: &line{said: -1}}
		link, router := transport.Pipe(codec.JSON)
		r.line.Conn, link.Conn, r.router = link.Conn, r.line, router
		r.cfg = Config{
			Traffic:   new(Traffic),
			Dialer:    dialer(func() (*transport.Link, error) { return link, nil }),
			Link:      transport.Options{PingInterval: -1},
			SendLimit: 1 << 20,
			Login:     Login{Realm: "realm1"},
			Limits:    Limits{QueueFrames: 8, QueueBytes: 1 << 20, Pending: 100},
			Pool:      new(Pool),
			Ending:    func(*Session) { r.ending.Add(1) },
			PeerError: func(m *core.Message, text string) error { return &peerError{m.URI, text} },
			Patience:  t.Context(),
		}
		defer func() {
			if r.s != nil {
				r.line.free()
				r.s.Lose(ErrClosed)
				r.s.Wait()
			}
		}()
		f(r)
	})
}

// dialer opens what it returns.
type dialer func() (*transport.Link, error)

func (d dialer) Dial(context.Context, string, transport.Options) (*transport.Link, error) { return d() }

// peerError stands for the error that package wamp makes of a router's word.
type peerError struct{ uri, text string }

func (e *peerError) Error() string { return "wamp: " + e.uri + " (" + e.text + ")" }

// line is the session's end of the connection. A test can keep it from writing,
// and sees how the session used it.
type line struct {
	transport.Conn
	held    chan struct{} // Flush waits until it is closed, unless it is nil
	freed   sync.Once
	flushes atomic.Int64
	broken  atomic.Pointer[error] // what WriteFrame returns
	said    int                   // the close code, -1 for none
}

func (l *line) WriteFrame(head, body []byte) error {
	if err := l.broken.Load(); err != nil {
		return *err
	}
	return l.Conn.WriteFrame(head, body)
}

func (l *line) Flush() error {
	l.flushes.Add(1)
	if l.held != nil {
		<-l.held
	}
	return l.Conn.Flush()
}

func (l *line) CloseWith(code int, _ string) error {
	l.said = code
	return l.Conn.Close()
}

// Close also frees a Flush that is held, as the one of a real connection does.
func (l *line) Close() error {
	l.free()
	return l.Conn.Close()
}

func (l *line) free() {
	if l.held != nil {
		l.freed.Do(func() { close(l.held) })
	}
}

// hold keeps the writer busy with one message from now on. It must be called
// while the writer has nothing to do.
func (r *rig) hold() {
	r.t.Helper()
	synctest.Wait()
	r.line.held = make(chan struct{})
	if err := r.s.Publish(r.t.Context(), nil, "com.example.hold", nil, r.payload()); err != nil {
		r.t.Fatal(err)
	}
	synctest.Wait()
}

// dial opens the session.
func (r *rig) dial() {
	r.t.Helper()
	s, err := Dial(r.t.Context(), &r.cfg, "pipe:")
	if err != nil {
		r.t.Fatal(err)
	}
	r.s = s
}

// joining begins Join and returns its result; HELLO has arrived.
func (r *rig) joining(ctx context.Context) <-chan error {
	r.t.Helper()
	r.dial()
	done := begin(func() error { return r.s.Join(ctx) })
	if m := r.expect(core.MsgHello); m[1] != "realm1" {
		r.t.Errorf("got %v", m)
	}
	return done
}

// welcome is what the router of [rig.join] says.
const welcome = `[2,4711,{"realm":"realm1","roles":{"broker":{},"dealer":{"features":{"call_canceling":true}}}}]`

// join establishes the session.
func (r *rig) join() {
	r.t.Helper()
	r.joinWith(welcome)
}

func (r *rig) joinWith(welcome string) {
	r.t.Helper()
	done := r.joining(r.t.Context())
	r.send(welcome)
	if err := <-done; err != nil {
		r.t.Fatal(err)
	}
}

// send makes the router say messages, in one write.
func (r *rig) send(messages ...string) {
	r.t.Helper()
	for _, m := range messages {
		if err := r.router.WriteFrame([]byte(m), nil); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := r.router.Flush(); err != nil {
		r.t.Fatal(err)
	}
}

// expect returns the next message, which must be of the given type.
func (r *rig) expect(typ core.Type) []any {
	r.t.Helper()
	frame, err := r.router.ReadFrame()
	if err != nil {
		r.t.Fatalf("want a message of type %d, got %v", typ, err)
	}
	var m []any
	if err := json.Unmarshal(frame, &m); err != nil {
		r.t.Fatalf("%s: %v", frame, err)
	}
	if m[0] != float64(typ) {
		r.t.Fatalf("want a message of type %d, got %s", typ, frame)
	}
	return m
}

// expectEnd checks that the connection ends without another message, with a
// close code or, if it is -1, without.
func (r *rig) expectEnd(code int) {
	r.t.Helper()
	if frame, err := r.router.ReadFrame(); !errors.Is(err, io.EOF) {
		r.t.Errorf("want the end, got %s, %v", frame, err)
	}
	r.s.Wait()
	if r.line.said != code {
		r.t.Errorf("close code %d, want %d", r.line.said, code)
	}
}

// payload is args of texts.
func (r *rig) payload(args ...string) *Buffer {
	r.t.Helper()
	b := r.s.Buffer()
	b.Enc.List(len(args))
	for _, a := range args {
		b.Enc.Text(a)
	}
	b.Enc.EndList()
	if err := b.Finish(1); err != nil {
		r.t.Fatal(err)
	}
	return b
}

// call begins a call and returns its waiter and outcome.
func (r *rig) call(ctx context.Context, mode string) (*Waiter, <-chan error) {
	w := r.cfg.Pool.Waiter()
	return w, begin(func() error { return r.s.Call(ctx, w, "com.example.p", nil, mode, r.payload("in")) })
}

// begin runs f on a goroutine and returns its result.
func begin[T any](f func() T) <-chan T {
	done := make(chan T, 1)
	go func() { done <- f() }()
	return done
}

// safe reports whether err says that nothing was sent.
func safe(err error) bool {
	s, ok := errors.AsType[interface {
		error
		SafeToRetry() bool
	}](err)
	return ok && s.SafeToRetry()
}

// handle is a registration, its invocations and a subscription; it notes what
// happens to it.
type handle struct {
	notes chan string
}

func newHandle() *handle { return &handle{make(chan string, 100)} }

func (h *handle) Invoke(_ *Session, m *core.Message, _ bool) Invocation {
	h.note("invoke %d %s", m.Request, m.Body().Args.Data)
	return h
}
func (h *handle) Revoked(string) { h.note("revoked") }
func (h *handle) Start(size int) { h.note("start %d", size) }
func (h *handle) Continue(m *core.Message, size int, last bool) {
	h.note("continue %s of %d bytes, last %v", m.Body().Args.Data, size, last)
}
func (h *handle) Interrupt(string) { h.note("interrupt") }
func (h *handle) Lose()            { h.note("lose") }
func (h *handle) Deliver(_ *Session, m *core.Message, size int) {
	h.note("event %s of %d bytes", m.Body().Args.Data, size)
}
func (h *handle) note(format string, args ...any) { h.notes <- fmt.Sprintf(format, args...) }

// saw returns all notes so far.
func (h *handle) saw() string {
	synctest.Wait()
	var all []string
	for len(h.notes) > 0 {
		all = append(all, <-h.notes)
	}
	return strings.Join(all, ", ")
}
