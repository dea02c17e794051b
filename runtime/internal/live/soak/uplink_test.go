package soak

import (
	"context"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// thinLink is a connection whose uplink takes 125 000 bytes a second, steadily.
type thinLink struct {
	net.Conn
	deadline atomic.Int64
	thin     *atomic.Bool
}

func (l *thinLink) SetWriteDeadline(t time.Time) error {
	l.deadline.Store(t.UnixNano())
	return nil
}

func (l *thinLink) Write(b []byte) (n int, err error) {
	const step = 12_500
	for len(b) > 0 && l.thin.Load() {
		k := min(len(b), step)
		<-time.After(100 * time.Millisecond)
		if d := l.deadline.Load(); d > 0 && time.Now().UnixNano() > d {
			return n, os.ErrDeadlineExceeded
		}
		m, err := l.Conn.Write(b[:k])
		if n += m; err != nil {
			return n, err
		}
		b = b[k:]
	}
	if len(b) == 0 {
		return n, nil
	}
	m, err := l.Conn.Write(b)
	return n + m, err
}

// upload is a procedure that may be sent again.
var upload = stage.Typed[string, struct{}]{
	Procedure: &wamp.Procedure{URI: "com.example.upload", Idempotent: true, In: stage.One("text", "")},
	CodeIn:    codec.String,
}

// A message that takes longer than every timeout arrives, on the session that it
// was sent on, as long as the router takes it.
func TestLargeMessageOnAThinUplink(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		s.Limit = 16 << 20
		var sessions atomic.Int64
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			sessions.Add(1)
			for m, err := p.Next(); err == nil; m, err = p.Next() {
				if m.Type() == wamptest.Call {
					p.Send(wamptest.Message{wamptest.Result, m.ID(1), stage.Dict{}})
				} else if a := wamptest.Answer(m); a != nil {
					p.Send(a)
				}
			}
		})
		thin := new(atomic.Bool)
		c := s.Connected(s.Dial(wamp.WithNetDial(func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := s.NetDial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &thinLink{Conn: conn, thin: thin}, nil
		})))
		thin.Store(true)
		ctx, cancel := context.WithTimeout(s.T.Context(), 10*time.Minute)
		defer cancel()
		_, err := upload.Call(ctx, c, strings.Repeat("x", 7_000_000)) // 56 s
		thin.Store(false)
		if n := sessions.Load(); err != nil || n != 1 {
			s.T.Errorf("%d sessions, %v, %v", n, err, c.Status().Err)
		}
	})
}
