package recovery

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

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// ticket lets a client log in by ticket.
func ticket(secret auth.Credential) []wamp.ConnectOption {
	return []wamp.ConnectOption{wamp.WithAuth(auth.Ticket("ann", secret)), wamp.WithPlaintextSecrets()}
}

// login lets the client on p in by ticket and returns the ticket.
func loginTicket(s *stage.Stage, p *wamptest.Peer) string {
	p.Expect(wamptest.Hello)
	p.Send(wamptest.Message{wamptest.Challenge, "ticket", map[string]any{}})
	signature := p.Expect(wamptest.Authenticate).Text(1)
	p.Send(s.Welcome(wamptest.WithDetails(map[string]any{"authid": "ann", "authmethod": "ticket"})))
	return signature
}

// H7: whatever a router does not answer, the one handshake deadline ends the
// attempt, and the next one is scheduled.
func TestH7_HangDuringHandshake(t *testing.T) {
	hangs := map[string]func(*stage.Stage){
		"tcp accept": func(s *stage.Stage) { s.Net.Set(wamptest.Fault{StallDials: true}) },
		"transport":  func(s *stage.Stage) { s.AcceptConn() }, // the upgrade, or the RawSocket reply
		"half a reply": func(s *stage.Stage) {
			conn := s.AcceptConn()
			_, _ = conn.Write([]byte("\x7f"))
		},
		"hello": func(s *stage.Stage) { s.Accept().Expect(wamptest.Hello) },
		"not even hello is read": func(s *stage.Stage) {
			p := s.Accept()
			p.Hang()
		},
		"challenge": func(s *stage.Stage) {
			p := s.Accept()
			p.Expect(wamptest.Hello)
			p.Send(wamptest.Message{wamptest.Challenge, "ticket", map[string]any{}})
			p.Expect(wamptest.Authenticate)
		},
		"a little everywhere": func(s *stage.Stage) { // 4 s for each of three steps
			s.Net.Set(wamptest.Fault{StallDials: true})
			time.Sleep(4 * time.Second)
			s.Net.Set(wamptest.Fault{})
			conn := s.AcceptConn()
			time.Sleep(4 * time.Second)
			p, err := s.Handshake(conn)
			if err != nil {
				s.T.Fatal(err)
			}
			p.Expect(wamptest.Hello)
		},
	}
	for name, hang := range hangs {
		t.Run(name, func(t *testing.T) { stage.Transports(t, func(s *stage.Stage) { recHangs(s, hang) }) })
	}
}

// recHangs lets the second session hang and checks what becomes of it.
func recHangs(s *stage.Stage, hang func(*stage.Stage), opts ...wamp.ConnectOption) {
	s.T.Helper()
	done := s.Dial(append(opts, ticket(auth.NewSecret("t1"))...)...)
	p := s.Accept()
	loginTicket(s, p)
	c := s.Connected(done)
	watched := stage.Watch(s, c)
	p.Close()
	hang(s)
	s.Until(c, func(st wamp.Status) bool { return st.State == wamp.BackingOff && st.Attempt == 2 })
	s.Net.Set(wamptest.Fault{})
	loginTicket(s, s.Accept())
	s.Until(c, stage.In(wamp.Ready))
	seen := watched()
	tries, rests := stage.Of(seen, wamp.Connecting), stage.Of(seen, wamp.BackingOff)
	if len(tries) != 2 || len(rests) != 2 {
		s.T.Fatalf("went through %v", seen)
	}
	if took := rests[1].At.Sub(tries[0].At); took != 10*time.Second {
		s.T.Errorf("the attempt ended after %v: %v", took, rests[1].Err)
	}
	if text := rests[1].Err.Error(); strings.Count(text, "handshake took too long") != 1 || strings.Count(text, "wamp: ") != 1 {
		s.T.Errorf("the reason is %s", text)
	}
	if !tries[1].At.Equal(rests[1].Next) {
		s.T.Errorf("the next attempt came at %v, announced for %v", tries[1].At, rests[1].Next)
	}
}

// H7, under TLS: the TLS handshake hangs.
func TestH7_HangInTLS(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		server, client, err := wamptest.NewTLS(wamptest.Certificate{})
		if err != nil {
			s.T.Fatal(err)
		}
		s.TLS = server
		recHangs(s, func(s *stage.Stage) { s.AcceptConn() }, wamp.WithTLS(client))
	})
}

// S11: credentials are fetched anew for each attempt, and fetching them is
// bounded by the handshake deadline, also where it does not look at its ctx.
func TestS11_Rotation(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
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
		done := s.Dial(ticket(secret)...)
		p := s.Accept()
		if got := loginTicket(s, p); got != "ticket+" {
			s.T.Errorf("first %q", got)
		}
		c := s.Connected(done)
		p.Reset()
		p = s.Accept()
		if got := loginTicket(s, p); got != "ticket++" {
			s.T.Errorf("second %q", got)
		}
		s.Until(c, stage.In(wamp.Ready))
		watched := stage.Watch(s, c)
		p.Reset()
		for range 3 { // connections on which nothing comes
			p := s.Accept()
			p.ExpectEnd()
		}
		if got := loginTicket(s, s.Accept()); got != "ticket++++++" {
			s.T.Errorf("sixth %q", got)
		}
		s.Until(c, stage.In(wamp.Ready))
		seen := watched()
		tries, rests := stage.Of(seen, wamp.Connecting), stage.Of(seen, wamp.BackingOff)
		for i, want := range []time.Duration{10 * time.Second, 10 * time.Second, 0} {
			if took := rests[i+1].At.Sub(tries[i].At); took != want {
				s.T.Errorf("attempt %d took %v: %v", i, took, rests[i+1].Err)
			}
		}
		if text := rests[3].Err.Error(); !strings.Contains(text, "vault is sealed") {
			s.T.Errorf("the reason is %s", text)
		}
		if lines := s.Log.With("ticket+"); len(lines) != 0 {
			s.T.Errorf("the log has the ticket: %v", lines)
		}
	})
}

// answering dials connections on which a goroutine answers the request for
// the upgrade, or the RawSocket handshake, with bytes, and hangs up. It counts
// dials by address.
type answering struct {
	answer  string
	dials   atomic.Int64
	targets chan string
	auth    chan string
}

func (a *answering) dial(_ context.Context, _, addr string) (net.Conn, error) {
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
	stage.Bubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		a := &answering{
			answer:  "HTTP/1.1 307 Temporary Redirect\r\nLocation: ws://evil.example/ws\r\nContent-Length: 0\r\n\r\n",
			targets: make(chan string, 100), auth: make(chan string, 100),
		}
		ctx, cancel := context.WithTimeout(s.T.Context(), time.Minute)
		defer cancel()
		_, err := wamp.Connect(ctx, "ws://router.example/ws", "realm1", wamp.WithNetDial(a.dial),
			wamp.WithHeader(http.Header{"Authorization": {"Bearer s3cret"}}))
		if !errors.Is(err, transport.ErrRedirect) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "307") {
			s.T.Errorf("got %v", err)
		}
		close(a.targets)
		for addr := range a.targets {
			if addr != "router.example:80" {
				s.T.Errorf("dialed %s", addr)
			}
		}
		if got := <-a.auth; got != "Bearer s3cret" {
			s.T.Errorf("the router itself got %q", got)
		}
	})
}
