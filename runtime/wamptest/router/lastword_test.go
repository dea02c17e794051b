package router

import (
	"io"
	"log"
	"sync"
	"testing"

	nexus "github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/wamp"
)

// gonePeer is a connection that is lost right behind its HELLO.
type gonePeer struct {
	received chan wamp.Message
	sent     chan wamp.Message
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
	var closing sync.WaitGroup
	for range 500 {
		p := gonePeer{make(chan wamp.Message, 1), make(chan wamp.Message, 8)}
		p.received <- &wamp.Hello{Realm: "realm1", Details: wamp.Dict{"roles": wamp.Dict{"caller": wamp.Dict{}}}}
		close(p.received)
		if err := (lastWord{r, &closing}).Attach(p); err != nil {
			t.Fatal(err)
		}
		if _, welcomed := (<-p.sent).(*wamp.Welcome); !welcomed {
			t.Fatal("no WELCOME")
		}
	}
	r.Close()
	closing.Wait()
}
