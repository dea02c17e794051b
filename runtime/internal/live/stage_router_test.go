package live

import (
	"sync"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/wamptest"
)

// recReply answers one message of the client; nil is what Answer says.
type recReply func(*recSession, wamptest.Message) []wamptest.Message

// recRouter is a fake router that plays every session by itself and remembers
// what each one asked for.
type recRouter struct {
	stage *faultStage
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
func (s *faultStage) serve(reply recReply) *recRouter {
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

// recRefuse aborts every HELLO with what uri returns, and counts; "" lets in.
func recRefuse(uri func(n int64) string) (func(*wamptest.Peer), *atomic.Int64) {
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

// faultGrant answers the requests of the client on p with what Answer says.
func faultGrant(p *wamptest.Peer, n int) {
	for range n {
		if m, err := p.Next(); err == nil {
			p.Send(wamptest.Answer(m))
		}
	}
}
