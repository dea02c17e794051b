package router

import (
	"time"

	nexus "github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/wamp"
)

// lastWord is nexus whose clients hear its last word. nexus itself closes a
// connection right behind ABORT or GOODBYE and discards what its writer has not
// taken by then, which on a busy machine is one ABORT in twenty: the client
// then cannot know a refusal from a lost connection.
type lastWord struct{ nexus.Router }

// Attach implements nexus.Router.
func (r lastWord) Attach(client wamp.Peer) error { return r.Router.Attach(patientPeer{client}) }

// AttachClient implements nexus.Router.
func (r lastWord) AttachClient(client wamp.Peer, details wamp.Dict) error {
	return r.Router.AttachClient(patientPeer{client}, details)
}

// patientPeer lets the writer take what is queued before it closes.
type patientPeer struct{ wamp.Peer }

// Close implements wamp.Peer. A client that does not read gets a moment.
func (p patientPeer) Close() {
	const patience, pause = 200 * time.Millisecond, time.Millisecond
	for late := time.Now().Add(patience); len(p.Send()) > 0 && time.Now().Before(late); {
		<-time.After(pause)
	}
	p.Peer.Close()
}
