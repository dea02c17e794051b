package live

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// recTicket lets a client log in by ticket.
func recTicket(secret auth.Credential) []wamp.ConnectOption {
	return []wamp.ConnectOption{wamp.WithAuth(auth.Ticket("ann", secret)), wamp.AllowPlaintextSecrets()}
}

// login lets the client on p in by ticket and returns the ticket.
func recLogin(s *faultStage, p *wamptest.Peer) string {
	p.Expect(wamptest.Hello)
	p.Send(wamptest.Message{wamptest.Challenge, "ticket", map[string]any{}})
	signature := p.Expect(wamptest.Authenticate).Text(1)
	p.Send(s.Welcome(wamptest.WithDetails(map[string]any{"authid": "ann", "authmethod": "ticket"})))
	return signature
}

// H7: whatever a router does not answer, the one handshake deadline ends the
// attempt, and the next one is scheduled.
func TestH7_HangDuringHandshake(t *testing.T) {
	hangs := map[string]func(*faultStage){
		"tcp accept": func(s *faultStage) { s.net.Set(wamptest.Fault{StallDials: true}) },
		"transport":  func(s *faultStage) { s.AcceptConn() }, // the upgrade, or the RawSocket reply
		"half a reply": func(s *faultStage) {
			conn := s.AcceptConn()
			_, _ = conn.Write([]byte("\x7f"))
		},
		"hello": func(s *faultStage) { s.Accept().Expect(wamptest.Hello) },
		"not even hello is read": func(s *faultStage) {
			p := s.Accept()
			p.Hang()
		},
		"challenge": func(s *faultStage) {
			p := s.Accept()
			p.Expect(wamptest.Hello)
			p.Send(wamptest.Message{wamptest.Challenge, "ticket", map[string]any{}})
			p.Expect(wamptest.Authenticate)
		},
		"a little everywhere": func(s *faultStage) { // 4 s for each of three steps
			s.net.Set(wamptest.Fault{StallDials: true})
			time.Sleep(4 * time.Second)
			s.net.Set(wamptest.Fault{})
			conn := s.AcceptConn()
			time.Sleep(4 * time.Second)
			p, err := s.Handshake(conn)
			if err != nil {
				s.t.Fatal(err)
			}
			p.Expect(wamptest.Hello)
		},
	}
	for name, hang := range hangs {
		t.Run(name, func(t *testing.T) { recTransports(t, func(s *faultStage) { recHangs(s, hang) }) })
	}
}

// recHangs lets the second session hang and checks what becomes of it.
func recHangs(s *faultStage, hang func(*faultStage), opts ...wamp.ConnectOption) {
	s.t.Helper()
	done := s.dial(append(opts, recTicket(auth.NewSecret("t1"))...)...)
	p := s.Accept()
	recLogin(s, p)
	c := s.connected(done)
	watched := recWatch(s, c)
	p.Close()
	hang(s)
	s.until(c, func(st wamp.Status) bool { return st.State == wamp.BackingOff && st.Attempt == 2 })
	s.net.Set(wamptest.Fault{})
	recLogin(s, s.Accept())
	s.until(c, recIn(wamp.Ready))
	seen := watched()
	tries, rests := recOf(seen, wamp.Connecting), recOf(seen, wamp.BackingOff)
	if len(tries) != 2 || len(rests) != 2 {
		s.t.Fatalf("went through %v", seen)
	}
	if took := rests[1].at.Sub(tries[0].at); took != 10*time.Second {
		s.t.Errorf("the attempt ended after %v: %v", took, rests[1].Err)
	}
	if text := rests[1].Err.Error(); strings.Count(text, "handshake took too long") != 1 {
		s.t.Errorf("the reason is %s", text)
	}
	if !tries[1].at.Equal(rests[1].Next) {
		s.t.Errorf("the next attempt came at %v, announced for %v", tries[1].at, rests[1].Next)
	}
}

// H7, under TLS: the TLS handshake hangs.
func TestH7_HangInTLS(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		server, client, err := wamptest.NewTLS(wamptest.Certificate{})
		if err != nil {
			s.t.Fatal(err)
		}
		s.TLS = server
		recHangs(s, func(s *faultStage) { s.AcceptConn() }, wamp.WithTLS(client))
	})
}

// S11: credentials are fetched anew for each attempt, and fetching them is
// bounded by the handshake deadline, also where it does not look at its ctx.
func TestS11_Rotation(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		var calls atomic.Int64
		stuck := make(chan struct{})
		defer close(stuck)
		secret := auth.SecretFunc(func(ctx context.Context) (auth.Secret, error) {
			switch calls.Add(1) {
			case 3:
				<-ctx.Done()
				return auth.Secret{}, ctx.Err()
			case 4:
				<-stuck
			case 5:
				return auth.Secret{}, errors.New("vault is sealed")
			}
			return auth.NewSecret("ticket" + strings.Repeat("+", int(calls.Load()))), nil
		})
		done := s.dial(recTicket(secret)...)
		p := s.Accept()
		if got := recLogin(s, p); got != "ticket+" {
			s.t.Errorf("first %q", got)
		}
		c := s.connected(done)
		p.Reset()
		p = s.Accept()
		if got := recLogin(s, p); got != "ticket++" {
			s.t.Errorf("second %q", got)
		}
		s.until(c, recIn(wamp.Ready))
		watched := recWatch(s, c)
		p.Reset()
		for range 3 { // connections on which nothing comes
			p := s.Accept()
			p.ExpectEnd()
		}
		if got := recLogin(s, s.Accept()); got != "ticket++++++" {
			s.t.Errorf("sixth %q", got)
		}
		s.until(c, recIn(wamp.Ready))
		seen := watched()
		tries, rests := recOf(seen, wamp.Connecting), recOf(seen, wamp.BackingOff)
		for i, want := range []time.Duration{10 * time.Second, 10 * time.Second, 0} {
			if took := rests[i+1].at.Sub(tries[i].at); took != want {
				s.t.Errorf("attempt %d took %v: %v", i, took, rests[i+1].Err)
			}
		}
		if text := rests[3].Err.Error(); !strings.Contains(text, "vault is sealed") {
			s.t.Errorf("the reason is %s", text)
		}
		if lines := s.log.with("ticket+"); len(lines) != 0 {
			s.t.Errorf("the log has the ticket: %v", lines)
		}
	})
}

// recAnswering dials connections on which a goroutine answers the request for
// the upgrade, or the RawSocket handshake, with bytes, and hangs up. It counts
// dials by address.
type recAnswering struct {
	answer  string
	dials   atomic.Int64
	targets chan string
	auth    chan string
}

func (a *recAnswering) dial(_ context.Context, _, addr string) (net.Conn, error) {
	a.dials.Add(1)
	select {
	case a.targets <- addr:
	default:
	}
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		in := bufio.NewReader(server)
		if b, err := in.Peek(1); err != nil {
			return
		} else if b[0] == 0x7f {
			_, _ = io.CopyN(io.Discard, in, 4)
		} else if r, err := http.ReadRequest(in); err == nil {
			select {
			case a.auth <- r.Header.Get("Authorization"):
			default:
			}
		}
		_, _ = io.WriteString(server, a.answer)
	}()
	return client, nil
}

// H13: a redirect is refused with a clear error, and its target never hears of us.
func TestH13_Redirect(t *testing.T) {
	recBubble(t, wamptest.WebSocket, codec.JSON, func(s *faultStage) {
		a := &recAnswering{
			answer:  "HTTP/1.1 307 Temporary Redirect\r\nLocation: ws://evil.example/ws\r\nContent-Length: 0\r\n\r\n",
			targets: make(chan string, 100), auth: make(chan string, 100),
		}
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
		defer cancel()
		_, err := wamp.Connect(ctx, "ws://router.example/ws", "realm1", wamp.WithNetDial(a.dial),
			wamp.WithHeader(http.Header{"Authorization": {"Bearer s3cret"}}))
		if !errors.Is(err, transport.ErrRedirect) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "307") {
			s.t.Errorf("got %v", err)
		}
		close(a.targets)
		for addr := range a.targets {
			if addr != "router.example:80" {
				s.t.Errorf("dialed %s", addr)
			}
		}
		if got := <-a.auth; got != "Bearer s3cret" {
			s.t.Errorf("the router itself got %q", got)
		}
	})
}
