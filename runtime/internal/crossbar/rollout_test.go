//go:build unix

package crossbar

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wampgen/wampgen/examples/rollout/rolling"
	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
	"github.com/wampgen/wampgen/runtime/internal/ports"
)

// restartable is a router at one address, where one of two nodes serves. On a
// machine that is busy a node takes longer to start than a call waits, so the
// next one is started beforehand.
type restartable struct {
	address        string
	front          net.Listener
	serving, spare *node.Node
	started        chan error // one result when spare serves
}

// newRestartable starts both nodes.
func newRestartable(t *testing.T, l node.Layout) *restartable {
	t.Helper()
	ports, release, err := ports.Reserve(1) // its own also while it is away
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	r := &restartable{address: "127.0.0.1:" + ports[0], started: make(chan error, 1)}
	for _, n := range []**node.Node{&r.serving, &r.spare} {
		started, err := node.Start(l) // of its own: others must not lose theirs
		if errors.Is(err, node.ErrMissing) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		*n = started
		t.Cleanup(func() {
			if err := started.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
	r.started <- nil
	if err := r.listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = r.front.Close()
		if err := <-r.started; err != nil {
			t.Error(err)
		}
	})
	return r
}

// listen passes connections on to the node that serves.
func (r *restartable) listen() error {
	front, err := net.Listen("tcp", r.address)
	if err != nil {
		return err
	}
	r.front = front
	to := dialable(r.serving)
	go func() {
		for {
			c, err := front.Accept()
			if err != nil {
				return
			}
			go relay(c, to)
		}
	}()
	return nil
}

// relay passes on what c and the node at an address have for each other, until
// one of them closes.
func relay(c net.Conn, to string) {
	defer c.Close()
	n, err := net.Dial("tcp", to)
	if err != nil {
		return // c is closed, as the node would have been
	}
	defer n.Close()
	go func() {
		_, _ = io.Copy(n, c)
		_ = n.Close()
	}()
	_, _ = io.Copy(c, n)
}

func dialable(n *node.Node) string { return strings.TrimPrefix(n.RawSocket, "tcp://") }

// URL implements rolling.Router.
func (r *restartable) URL() string { return "tcp://" + r.address }

// Restart implements rolling.Router. The router is away for a second.
func (r *restartable) Restart() (away time.Duration, err error) {
	if err := <-r.started; err != nil {
		return 0, err
	}
	begin := time.Now()
	_ = r.front.Close()
	r.serving.Kill()
	time.Sleep(time.Second)
	r.serving, r.spare = r.spare, r.serving
	if err := r.listen(); err != nil {
		return 0, err
	}
	away = time.Since(begin)
	go func(n *node.Node) { r.started <- n.Restart() }(r.spare)
	return away, nil
}

// plan is a short rollout, or the whole one with WAMPGEN_FULL.
func plan() rolling.Plan {
	if os.Getenv("WAMPGEN_FULL") != "" {
		return rolling.Plan{Replacements: 20, Restarts: 5}
	}
	return rolling.Plan{Replacements: 4, Restarts: 1}
}

// rollout carries out a plan: no call fails that must not.
func rollout(t *testing.T, r *restartable, p rolling.Plan) {
	t.Helper()
	var got bytes.Buffer
	err := rolling.Run(t.Context(), &got, r, p)
	t.Logf("%s\n%s", p.Realm, got.Bytes())
	if err != nil {
		t.Error(err)
	}
}

// TestRollout is examples/rollout on Crossbar.io.
func TestRollout(t *testing.T) { rollout(t, newRestartable(t, node.OneRouter), plan()) }

// TestRollout_BehindProxies is the same behind proxy workers, with two realms that
// are on two router workers: in both at once without a restart, and then with
// restarts in one after the other.
func TestRollout_BehindProxies(t *testing.T) {
	r := newRestartable(t, node.Proxies)
	realms := []string{"realm1", "realm2"}
	var both sync.WaitGroup
	for _, realm := range realms {
		both.Go(func() { rollout(t, r, rolling.Plan{Replacements: plan().Replacements, Realm: realm}) })
	}
	both.Wait()
	for _, realm := range realms {
		p := plan()
		p.Realm = realm
		rollout(t, r, p)
	}
}
