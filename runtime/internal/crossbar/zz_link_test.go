//go:build unix

package crossbar

import (
	"context"
	"testing"
	"time"
	"fmt"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
)

func TestZZ(t *testing.T) {
	hub := node.Running(t)
	other, err := node.StartLinked(hub)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Stop()
	for name, nodes := range map[string][2]string{
		"from": {other.WebSocket, hub.WebSocket},
		"to":   {hub.WebSocket, other.WebSocket},
	} {
		t.Run(name+" the linked node", func(t *testing.T) {
			l := link{nodes[0], join(t, nodes[0]), join(t, nodes[1]), "com.example.link." + name}
			for _, mode := range []wamp.CancelMode{wamp.Kill, wamp.KillNoWait, wamp.Skip} {
				uri := l.uri + ".hang." + fmt.Sprint(mode)
				begun, ended := make(chan bool, 1), make(chan error, 1)
				reg, err := l.far.Register(t.Context(), uri, func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
					begun <- true
					select {
					case <-ctx.Done():
						ended <- context.Cause(ctx)
					case <-time.After(5*time.Second):
						ended <- fmt.Errorf("never interrupted")
					}
					return wamp.Payload{Args: []any{"late"}}, nil
				})
				if err != nil { t.Fatal(err) }
				l.crossed(t, "registration", uri)
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { _, err := l.near.Call(ctx, uri, nil, nil, wamp.WithCancelMode(mode)); done <- err }()
				<-begun
				cancel()
				select {
				case err := <-done: t.Log(mode, "caller ", err)
				case <-time.After(8*time.Second): t.Log(mode, "caller hangs")
				}
				t.Log(mode, "callee ", <-ended)
				reg.Unregister(t.Context())
			}
			for _, others := range []int{0, 1} {
				topic := fmt.Sprint("hist.link.", name, others)
				g := newGate()
				farUrl := nodes[1]
				sub := join(t, farUrl, wamp.WithNetDial(g.dial))
				got := make(chan string, 100)
				_, err := sub.Subscribe(t.Context(), topic, func(ctx context.Context, ev wamp.Payload) error {
					i := wamp.EventInfoFrom(ctx)
					got <- fmt.Sprint(ev.Args, " gap ", i.Gap, " resumed ", i.Resumed)
					return nil
				}, wamp.WithResume())
				if err != nil { t.Fatal(err) }
				if others == 1 { watch(t, l.far, topic) }
				l.crossed(t, "subscription", topic)
				for i := range 2 { publish(t, l.near, topic, i) }
				for range 2 { t.Log(others, <-got) }
				mend := g.cut()
				await(t, sub, func(s wamp.Status) bool { return s.State != wamp.Ready })
				time.Sleep(time.Second)
				for i := range 3 { publish(t, l.near, topic, 10+i) }
				mend()
				await(t, sub, func(s wamp.Status) bool { return s.State == wamp.Ready })
				time.Sleep(2*time.Second)
				publish(t, l.near, topic, 20)
				time.Sleep(3*time.Second)
				for len(got) > 0 { t.Log(others, <-got) }
			}
			// here
		})
	}
}
