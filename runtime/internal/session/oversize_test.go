package session

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/transport"
)

// tcp opens RawSocket connections, whatever the URL.
type tcp struct{ transport.Net }

func (d tcp) Dial(ctx context.Context, _ string, o transport.Options) (*transport.Link, error) {
	return d.Net.Dial(ctx, "tcp://router:8080", o)
}

// rawSocket is the router's end of a RawSocket connection.
type rawSocket struct{ net.Conn }

func (c rawSocket) ReadFrame() ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(c, head); err != nil {
		return nil, err
	}
	frame := make([]byte, binary.BigEndian.Uint32(head))
	_, err := io.ReadFull(c, frame)
	return frame, err
}

func (c rawSocket) WriteFrame(head, body []byte) error {
	n := binary.BigEndian.AppendUint32(nil, uint32(len(head)+len(body)))
	_, err := c.Write(slices.Concat(n, head, body))
	return err
}

func (rawSocket) Flush() error { return nil }

// overRawSocket makes the session one over RawSocket, which takes messages of
// limit bytes.
func (r *rig) overRawSocket(limit int) {
	client, server := net.Pipe()
	r.router, r.cfg.Dialer = rawSocket{server}, tcp{}
	r.cfg.Link.Formats, r.cfg.Link.ReadLimit = []codec.Format{codec.JSON}, limit
	r.cfg.Link.NetDial = func(context.Context, string, string) (net.Conn, error) {
		go func() {
			_, err := io.ReadFull(server, make([]byte, 4))
			if err == nil {
				_, err = server.Write([]byte{0x7f, 0xf1, 0, 0})
			}
			if err != nil {
				r.t.Error(err)
			}
		}()
		return client, nil
	}
}

// A message that is too large ends the session, which knows whom it was for.
func TestOversize_Addressee(t *testing.T) {
	const limit = 1000
	for begins, of := range map[string]func(a *core.Addressee, subscriptions []*handle, registration *handle, w *Waiter) bool{
		`[36,8,100,{},[`: func(a *core.Addressee, subscriptions []*handle, _ *handle, _ *Waiter) bool {
			return len(a.Handles) == 2 && a.Handles[0] == subscriptions[0] && a.Handles[1] == subscriptions[1]
		},
		`[68,1,7,{},[`: func(a *core.Addressee, _ []*handle, registration *handle, _ *Waiter) bool {
			return a.Handle == registration
		},
		`[50,4,{},[`: func(a *core.Addressee, _ []*handle, _ *handle, w *Waiter) bool { return a.Waiter == w },
		`[50,99,{},[`: func(a *core.Addressee, _ []*handle, _ *handle, _ *Waiter) bool { // nobody's
			return a.Waiter == nil && a.Handle == nil && len(a.Handles) == 0
		},
		`nonsense`: nil, // nobody can say
	} {
		bubble(t, func(r *rig) {
			r.overRawSocket(limit)
			r.join()
			registration, subscriptions := r.registered(), []*handle{r.subscribed(), r.subscribed()}
			ctx, cancel := context.WithCancel(r.t.Context())
			defer cancel()
			w := r.cfg.Pool.Waiter()
			done := begin(func() error { return r.s.Call(ctx, w, "com.example.p", nil, "skip", r.payload()) })
			call := r.expect(core.MsgCall)
			if call[1] != 4.0 { // after one REGISTER and two SUBSCRIBE
				r.t.Fatalf("got %v", call)
			}
			sent := begin(func() error { return r.router.WriteFrame([]byte(begins+strings.Repeat("1,", limit)), nil) })
			r.s.Wait()
			if err := <-done; !errors.Is(err, ErrLost) || !errors.Is(err, transport.ErrTooLarge) || !Oversize(r.s.Cause()) {
				r.t.Errorf("%s: got %v, %v", begins, err, r.s.Cause())
			}
			r.router.Close()
			<-sent
			switch a := r.s.Oversize(); {
			case of == nil && a != nil:
				r.t.Errorf("%s: got %+v", begins, a)
			case of != nil && (a == nil || !of(a, subscriptions, registration, w)):
				r.t.Errorf("%s: got %+v", begins, a)
			}
		})
	}
}
