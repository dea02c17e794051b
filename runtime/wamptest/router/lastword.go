package router

import (
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
type lastWord struct {
	nexus.Router
	closing *sync.WaitGroup // one for each connection that is being closed
}

// Attach implements nexus.Router.
func (r lastWord) Attach(client wamp.Peer) error {
	p := patientPeer{client, make(chan struct{}), r.closing}
	defer close(p.attached)
	return r.Router.Attach(p)
}

// AttachClient implements nexus.Router.
func (r lastWord) AttachClient(client wamp.Peer, details wamp.Dict) error {
	p := patientPeer{client, make(chan struct{}), r.closing}
	defer close(p.attached)
	return r.Router.AttachClient(p, details)
}

// patientPeer closes once nexus has said its first word and the writer has taken
// the last.
type patientPeer struct {
	wamp.Peer
	attached chan struct{} // closed when nexus has let the client in, or not
	closing  *sync.WaitGroup
}

// Close implements wamp.Peer. It does not wait, since nexus also closes before it
// has answered.
func (p patientPeer) Close() { p.closing.Go(p.close) }

// close gives a client that does not read a moment.
func (p patientPeer) close() {
	const patience, pause = 200 * time.Millisecond, time.Millisecond
	<-p.attached
	for late := time.Now().Add(patience); len(p.Send()) > 0 && time.Now().Before(late); {
		<-time.After(pause)
	}
	p.Peer.Close()
}
