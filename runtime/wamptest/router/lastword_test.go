package router

import (
	"io"
	"log"
	"testing"

	nexus "github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/wamp"
)

// gonePeer is a connection that is lost right behind its HELLO.
type gonePeer struct {
	received chan wamp.Message
	sent     chan wamp.Message
}

func newGonePeer() gonePeer {
	p := gonePeer{make(chan wamp.Message, 1), make(chan wamp.Message, 8)}
	p.received <- &wamp.Hello{Realm: "realm1", Details: wamp.Dict{"roles": wamp.Dict{"caller": wamp.Dict{}}}}
	close(p.received)
	return p
}

func (p gonePeer) Recv() <-chan wamp.Message { return p.received }
func (p gonePeer) Send() chan<- wamp.Message { return p.sent }
func (p gonePeer) IsLocal() bool             { return true }
func (p gonePeer) Close()                    { close(p.sent) } // as nexus' own peers do

// A client that is lost right after its HELLO gets its WELCOME before nexus closes
// the channel that it is sent on.
func TestLastWord_FollowsTheFirst(t *testing.T) {
	quiet := log.New(io.Discard, "", 0)
	r, err := nexus.NewRouter((&Config{Realms: []string{"realm1"}}).nexus(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for range 500 {
		p := newGonePeer()
		if err := (lastWord{r}).Attach(p); err != nil {
			t.Fatal(err)
		}
		if _, welcomed := (<-p.sent).(*wamp.Welcome); !welcomed {
			t.Fatal("no WELCOME")
		}
	}
	r.Close()
}

// A client that says HELLO while the router closes is refused, and its connection
// ends. nexus itself panics: it sends on a channel that it has closed.
func TestLastWord_RefusesAClientOfARouterThatHasClosed(t *testing.T) {
	r, err := nexus.NewRouter((&Config{Realms: []string{"realm1"}}).nexus(), log.New(io.Discard, "", 0))
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	p := newGonePeer()
	if err := (lastWord{r}).Attach(p); err == nil {
		t.Error("nexus has let a client in after its end")
	}
	if m, open := <-p.sent; open {
		t.Errorf("the client got %v, want the end of its connection", m)
	}
}
