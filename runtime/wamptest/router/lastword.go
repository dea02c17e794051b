package router

import (
	"fmt"
	"sync"
	"time"

	nexus "github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/wamp"
)

// lastWord is nexus whose clients hear its first and last word. nexus itself
// closes a connection right behind ABORT or GOODBYE and discards what its writer
// has not taken by then, which on a busy machine is one ABORT in twenty: the
// client then cannot know a refusal from a lost connection. And it closes the
// connection of a client that is lost right after HELLO beside its WELCOME, which
// is a send on a closed channel.
type lastWord struct{ nexus.Router }

// Attach implements nexus.Router.
func (r lastWord) Attach(client wamp.Peer) error { return r.AttachClient(client, nil) }

// AttachClient implements nexus.Router.
func (r lastWord) AttachClient(client wamp.Peer, details wamp.Dict) (err error) {
	p := &patientPeer{Peer: client}
	defer p.attached()
	// A client that says HELLO while the router closes makes nexus send on a closed
	// channel. That must not end the test binary.
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("nexus: %v", fault)
			p.Close()
		}
	}()
	return r.Router.AttachClient(p, details)
}

// patientPeer closes once nexus has said its first word and the writer has taken
// the last.
type patientPeer struct {
	wamp.Peer
	mu     sync.Mutex
	ready  bool // nexus has let the client in, or not
	closed bool
}

// Close implements wamp.Peer. Before nexus has answered the client it is put off
// until then.
func (p *patientPeer) Close() {
	p.mu.Lock()
	ready := p.ready
	p.closed = true
	p.mu.Unlock()
	if ready {
		p.close()
	}
}

// attached notes that nexus has answered the client.
func (p *patientPeer) attached() {
	p.mu.Lock()
	closed := p.closed
	p.ready = true
	p.mu.Unlock()
	if closed {
		p.close()
	}
}

// close gives a client that does not read a moment, which is longer on a busy
// machine: the writer gets so many chances, however long the process has stood still.
func (p *patientPeer) close() {
	const chances, pause = 200, time.Millisecond
	for n := 0; n < chances && len(p.Send()) > 0; n++ {
		<-time.After(pause)
	}
	p.Peer.Close()
}
