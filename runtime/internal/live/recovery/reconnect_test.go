package recovery

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Reconnect replaces the session at once, with what the client wants of it. The
// router gets a GOODBYE; what was in flight is lost or sent again, and nobody
// takes the client for closed.
func TestReconnect_ReplacesTheSession(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		s.Register(c, p, "com.example.p", stage.Echo)
		lost := stage.CallProcedure(s.T.Context(), c, false)
		p.Expect(wamptest.Call)
		again := stage.CallProcedure(s.T.Context(), c, true)
		p.Expect(wamptest.Call)
		begin := time.Now()
		c.Reconnect()
		c.Reconnect()
		p.Send(wamptest.Answer(p.Expect(wamptest.Goodbye)))
		if err := <-lost; !errors.Is(err, wamp.ErrLost) || errors.Is(err, wamp.ErrClosed) || wamp.SafeToRetry(err) {
			s.T.Errorf("got %v", err)
		}
		p = s.Rejoin()
		p.Send(wamptest.Answer(p.Expect(wamptest.Register)))
		m := p.Expect(wamptest.Call)
		p.Send(wamptest.Message{wamptest.Result, m.ID(1), stage.Dict{}, []any{"in"}})
		if err := <-again; err != nil {
			s.T.Error(err)
		}
		s.Until(c, stage.In(wamp.Ready))
		if took := time.Since(begin); took > 0 {
			s.T.Errorf("took %v", took)
		}
		if lines := s.Log.With("wamp: session given up, connecting again", "router=", "session="); len(lines) != 1 {
			s.T.Errorf("logged %q", lines)
		}
		s.Works(c, p)
	})
}

// Reconnect does not wait for a router that does not answer, and ends whatever
// the client waits for: a pause, a dial that hangs, a handshake, a restoration.
func TestReconnect_EndsEveryWait(t *testing.T) {
	var hung atomic.Bool // dials do
	for name, hang := range map[string]func(*stage.Stage, *wamptest.Peer){
		"a silent router": func(s *stage.Stage, p *wamptest.Peer) {},
		"a pause": func(s *stage.Stage, p *wamptest.Peer) {
			s.Net.Set(wamptest.Fault{Refuse: true})
			p.Close()
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			s.Net.Set(wamptest.Fault{})
		},
		"a dial": func(s *stage.Stage, p *wamptest.Peer) {
			hung.Store(true)
			p.Close()
			time.Sleep(5 * time.Second)
			hung.Store(false)
		},
		"a handshake": func(s *stage.Stage, p *wamptest.Peer) {
			p.Close()
			s.Accept().Expect(wamptest.Hello)
		},
		"a restoration": func(s *stage.Stage, p *wamptest.Peer) {
			p.Close()
			p = s.Rejoin()
			p.Expect(wamptest.Register)
		},
	} {
		t.Run(name, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				c, p := s.Connect(wamp.WithNetDial(func(ctx context.Context, network, addr string) (net.Conn, error) {
					if hung.Load() {
						<-ctx.Done()
						return nil, ctx.Err()
					}
					return s.Net.NetDial(ctx, network, addr)
				}))
				s.Register(c, p, "com.example.p", stage.Echo)
				hang(s, p)
				synctest.Wait()
				begin := time.Now()
				c.Reconnect()
				p = s.Rejoin()
				if took := time.Since(begin); took > time.Second {
					s.T.Errorf("took %v", took)
				}
				p.Send(wamptest.Answer(p.Expect(wamptest.Register)))
				s.Until(c, stage.In(wamp.Ready))
				s.Works(c, p)
			})
		})
	}
}

// A program that asks for a session at once has it although whoever answered last
// wanted to be left alone: that may have been the network it was in.
func TestReconnect_DespiteRetryAfter(t *testing.T) {
	stage.Bubble(t, wamptest.WebSocket, codec.CBOR, func(s *stage.Stage) {
		var portal atomic.Bool
		s.Serve(func(p *wamptest.Peer) { p.Join(); _ = p.Obey() })
		c := s.Connected(s.Dial(wamp.WithNetDial(func(ctx context.Context, network, addr string) (net.Conn, error) {
			if portal.Load() {
				a := &answering{answer: "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n"}
				return a.dial(ctx, network, addr)
			}
			return s.Net.NetDial(ctx, network, addr)
		})))
		for name, again := range map[string]func() error{
			"Reconnect": func() error { c.Reconnect(); return nil },
			"SetURLs":   func() error { return c.SetURLs(s.URL()) },
		} {
			portal.Store(true)
			s.Net.Reset()
			time.Sleep(time.Minute)
			portal.Store(false)
			if err := again(); err != nil {
				s.T.Fatal(err)
			}
			synctest.Wait()
			if st := c.Status(); st.State != wamp.Ready {
				s.T.Errorf("%s: %+v", name, st)
			}
		}
	})
}

// Before Connect has returned and after Close there is nothing to replace.
func TestReconnect_AfterTheEnd(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		s.Serve(func(p *wamptest.Peer) { p.Join(); _ = p.Obey() })
		c := s.Connected(s.Dial())
		if err := c.Close(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		c.Reconnect()
		if err := c.SetURLs(s.URL()); err != nil {
			s.T.Error(err)
		}
		s.Closed(c)
	})
}

// sites is any number of routers by host name.
func sites(s *stage.Stage, of map[string]*wamptest.Script) (url func(host string) string, dial wamp.ConnectOption) {
	scheme, _, _ := strings.Cut(s.URL(), "://")
	url = func(host string) string { return scheme + "://" + host + ":80/ws" }
	return url, wamp.WithNetDial(func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(addr)
		return of[host].NetDial(ctx, network, addr)
	})
}

// SetURLs moves the client if its router is not among them, and leaves the session
// alone otherwise. What is invalid changes nothing.
func TestSetURLs(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		var joined [2]atomic.Int64
		serve := func(n int) func(*wamptest.Peer) {
			return func(p *wamptest.Peer) { p.Join(); joined[n].Add(1); _ = p.Obey() }
		}
		second := wamptest.NewPipeScript(s.T, s.Kind, s.Format)
		s.Serve(serve(0))
		second.Serve(serve(1))
		url, dial := sites(s, map[string]*wamptest.Script{"one": s.Script, "two": second})
		c, err := wamp.Connect(s.T.Context(), url("one"), "realm1", s.Options([]wamp.ConnectOption{dial})...)
		if err != nil {
			s.T.Fatal(err)
		}
		for _, bad := range [][]string{nil, {"http://one"}, {url("two"), "no URL"}} {
			if err := c.SetURLs(bad...); err == nil {
				s.T.Errorf("%q was accepted", bad)
			}
		}
		if err := c.SetURLs(url("two"), url("one")); err != nil {
			s.T.Error(err)
		}
		time.Sleep(time.Minute)
		if joined[0].Load() != 1 || joined[1].Load() != 0 {
			s.T.Errorf("joined %d and %d times", joined[0].Load(), joined[1].Load())
		}
		if err := c.SetURLs(url("two")); err != nil {
			s.T.Error(err)
		}
		s.Until(c, func(st wamp.Status) bool { return st.State == wamp.Ready && strings.Contains(st.URL, "two") })
		time.Sleep(time.Minute)
		if joined[0].Load() != 1 || joined[1].Load() != 1 {
			s.T.Errorf("joined %d and %d times", joined[0].Load(), joined[1].Load())
		}
		second.Stop()
		time.Sleep(time.Minute)
		if err := c.SetURLs(url("one")); err != nil { // amid a pause
			s.T.Error(err)
		}
		synctest.Wait()
		if st := c.Status(); st.State != wamp.Ready || !strings.Contains(st.URL, "one") {
			s.T.Errorf("%+v", st)
		}
		s.Stop()
		_ = c.Close(context.Background())
	})
}

// What SetURLs says counts as soon as the session has ended that it left alone: a
// router that leaves sends the client at once to one that is among them, and to none
// that is not any more.
func TestSetURLs_ThenDismissed(t *testing.T) {
	for name, c := range map[string]struct {
		before, then []string
		to           string
		atOnce       bool
	}{
		"one more":  {[]string{"one"}, []string{"one", "two"}, "two", true},
		"one fewer": {[]string{"one", "two"}, []string{"one"}, "one", false},
		"another":   {[]string{"one", "two"}, []string{"three", "one"}, "three", true},
	} {
		t.Run(name, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				leave := make(chan struct{})
				var joined atomic.Int64
				hosts := map[string]*wamptest.Script{"one": s.Script}
				for _, host := range []string{"two", "three"} {
					hosts[host] = wamptest.NewPipeScript(s.T, s.Kind, s.Format)
				}
				for _, script := range hosts {
					script.Serve(func(p *wamptest.Peer) {
						n := joined.Add(1) // the client may be ready before Join returns
						p.Join()
						if n == 1 {
							<-leave
							p.Send(wamptest.Message{wamptest.Goodbye, stage.Dict{}, "wamp.close.system_shutdown"})
						}
						_ = p.Obey()
					})
				}
				url, dial := sites(s, hosts)
				urls := func(hosts []string) (urls []string) {
					for _, host := range hosts {
						urls = append(urls, url(host))
					}
					return urls
				}
				hosts["two"].Stop()
				opts := s.Options([]wamp.ConnectOption{dial, wamp.WithURLs(urls(c.before[1:])...)})
				client, err := wamp.Connect(s.T.Context(), url("one"), "realm1", opts...)
				if err != nil {
					s.T.Fatal(err)
				}
				defer client.Close(context.Background())
				hosts["two"].Start()
				if err := client.SetURLs(urls(c.then)...); err != nil {
					s.T.Fatal(err)
				}
				time.Sleep(time.Minute)
				begin := time.Now()
				close(leave)
				st := s.Until(client, func(st wamp.Status) bool { return st.State == wamp.Ready && joined.Load() == 2 })
				if took := time.Since(begin); !strings.Contains(st.URL, c.to) || took < 50*time.Millisecond != c.atOnce {
					s.T.Errorf("at %s after %v", st.URL, took)
				}
			})
		})
	}
}

// A router that leaves in good order sends its clients to another one at once,
// unless that has just failed.
func TestDismissed_MovesOn(t *testing.T) {
	for name, word := range map[string]wamptest.Message{
		"GOODBYE":           {wamptest.Goodbye, stage.Dict{}, "wamp.close.system_shutdown"},
		"GOODBYE, killed":   {wamptest.Goodbye, stage.Dict{}, "wamp.close.killed"},
		"ABORT of shutdown": {wamptest.Abort, stage.Dict{}, "wamp.close.system_shutdown"},
	} {
		t.Run(name, func(t *testing.T) {
			twoRouters(t, func(s *two) {
				serve := func(p *wamptest.Peer) {
					p.Join()
					time.Sleep(time.Hour)
					p.Send(word)
					_ = p.Obey()
				}
				s.Serve(serve)
				s.other.Serve(serve)
				c := s.Stage.Connected(s.dial())
				defer s.closes(c)
				seen := stage.Watch(s.Stage, c)
				time.Sleep(10*time.Hour - time.Minute)
				ready := stage.Of(seen(), wamp.Ready)
				if len(ready) != 10 {
					s.T.Fatalf("ready %d times", len(ready))
				}
				for i, st := range ready[1:] {
					if st.URL == ready[i].URL || st.At.Sub(ready[i].At) > time.Hour+time.Second {
						s.T.Errorf("after %v at %s to %s", st.At.Sub(ready[i].At), ready[i].URL, st.URL)
					}
				}
			})
		})
	}
}

// Two routers that both send their clients away are not met at full speed.
func TestDismissed_ByAllOfThem(t *testing.T) {
	twoRouters(t, func(s *two) {
		var joins atomic.Int64
		serve := func(p *wamptest.Peer) {
			p.Join()
			joins.Add(1)
			p.Send(wamptest.Message{wamptest.Goodbye, stage.Dict{}, "wamp.close.system_shutdown"})
			_ = p.Obey()
		}
		s.Serve(serve)
		s.other.Serve(serve)
		defer s.closes(s.Stage.Connected(s.dial()))
		time.Sleep(10 * time.Minute)
		joins.Store(0)
		time.Sleep(10 * time.Minute)
		if n := joins.Load(); n < 30 || n > 100 {
			s.T.Errorf("%d sessions in 10 minutes", n)
		}
	})
}
