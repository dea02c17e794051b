package stage

import (
	"sync"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Reply answers one message of the client; nil is what Answer says.
type Reply func(*Session, wamptest.Message) []wamptest.Message

// Router is a fake router that plays every session by itself and remembers
// what each one asked for.
type Router struct {
	Stage  *Stage
	Result Reply
	mute   bool // GOODBYE is not answered

	mu       sync.Mutex
	sessions []*Session
	Came     chan *Session
}

// Session is one session as the router saw it.
type Session struct {
	Peer  *wamptest.Peer
	Index int // 0 is the first
	hello wamptest.Message

	mu    sync.Mutex
	asked []wamptest.Message
}

// Play makes the stage's router answer by itself.
func (s *Stage) Play(reply Reply) *Router {
	r := &Router{Stage: s, Result: reply, Came: make(chan *Session, 10_000)}
	s.Serve(r.Play)
	return r
}

// Play is the router's part of one session.
func (r *Router) Play(p *wamptest.Peer) {
	hello, err := p.Next()
	if err != nil || hello.Type() != wamptest.Hello {
		return
	}
	r.mu.Lock()
	s := &Session{Peer: p, Index: len(r.sessions), hello: hello}
	r.sessions = append(r.sessions, s)
	r.mu.Unlock()
	p.Send(r.Stage.Welcome())
	r.Came <- s
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
		if r.Result != nil {
			if answers := r.Result(s, m); answers != nil {
				p.Send(answers...)
				continue
			}
		}
		if answer := wamptest.Answer(m); answer != nil {
			p.Send(answer)
		}
	}
}

// Last is the session that came last.
func (r *Router) Last() *Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sessions[len(r.sessions)-1]
}

// Count is how many sessions there were so far.
func (r *Router) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sessions)
}

// Of returns the messages of the given types in the order in which they came.
func (s *Session) Of(types ...int) []wamptest.Message {
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

// Silent is a reply that is none: the router keeps quiet.
var Silent = []wamptest.Message{}

// Refuse aborts every HELLO with what uri returns, and counts; "" lets in.
func Refuse(uri func(n int64) string) (func(*wamptest.Peer), *atomic.Int64) {
	n := new(atomic.Int64)
	return func(p *wamptest.Peer) {
		if m, err := p.Next(); err != nil || m.Type() != wamptest.Hello {
			return
		}
		if reason := uri(n.Add(1)); reason != "" {
			p.Send(wamptest.Message{wamptest.Abort, map[string]any{"message": "go away"}, reason})
			_, _ = p.Next()
			return
		}
		_ = p.Obey()
	}, n
}

// Grant answers the requests of the client on p with what Answer says.
func Grant(p *wamptest.Peer, n int) {
	for range n {
		if m, err := p.Next(); err == nil {
			p.Send(wamptest.Answer(m))
		}
	}
}
