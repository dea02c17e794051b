package transport_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

// A message above the limit comes with its beginning, however it is cut into
// frames and segments, and whatever came before it.
func TestOversize_HeadOverWebSocket(t *testing.T) {
	const limit = 1000
	small, large := message(limit), message(limit+1)
	copy(large, "this is it ")
	for name, send := range map[string]func(*websocket.Conn){
		"frame": func(c *websocket.Conn) { c.WriteMessage(websocket.BinaryMessage, large) },
		"behind another": func(c *websocket.Conn) {
			c.WriteMessage(websocket.BinaryMessage, large)
			c.WriteMessage(websocket.BinaryMessage, small)
		},
		"fragments": func(c *websocket.Conn) {
			w, _ := c.NextWriter(websocket.BinaryMessage)
			for part := range slices.Chunk(large, 10) {
				w.Write(part)
				c.WriteControl(websocket.PingMessage, []byte("between"), time.Now().Add(time.Minute))
			}
			w.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := wsServer(t, func(c *websocket.Conn) {
				c.WriteMessage(websocket.BinaryMessage, small)
				c.WriteMessage(websocket.BinaryMessage, nil)
				c.WriteMessage(websocket.PingMessage, []byte("x"))
				send(c)
				c.ReadMessage()
			})
			l := dial(t, url, transport.Options{ReadLimit: limit})
			wantFrame(t, l, small)
			wantFrame(t, l, nil)
			wantHead(t, l, large[:256])
		})
	}
}

// The same where header, payload and the answer to the upgrade come in pieces, or
// all in one.
func TestOversize_HeadInPieces(t *testing.T) {
	large := message(1025)
	frames := map[string]struct{ sent, want []byte }{
		"frame": {slices.Concat([]byte{0x82, 126, 0x04, 0x01}, large), large[:256]},
		"fragments": {
			slices.Concat([]byte{0x02, 3}, []byte("abc"), []byte{0x89, 1, 'p', 0x80, 127, 0, 0, 0, 0, 0, 0, 0x04, 0x01}, large),
			slices.Concat([]byte("abc"), large[:253]),
		},
		"little of it": {slices.Concat([]byte{0x82, 126, 0x04, 0x01}, []byte("abc")), []byte("abc")},
	}
	for name, tc := range frames {
		for _, size := range []int{1, 3, 1 << 20} {
			t.Run(fmt.Sprintf("%s by %d", name, size), func(t *testing.T) {
				url, _ := answering(t, picked("wamp.2.cbor"), func(c net.Conn) {
					for piece := range slices.Chunk(tc.sent, size) {
						c.Write(piece)
					}
					io.Copy(io.Discard, c)
				})
				wantHead(t, dial(t, url, transport.Options{ReadLimit: 1000}), tc.want)
			})
		}
	}
	t.Run("RawSocket", func(t *testing.T) {
		url := rawServer(t, func(c net.Conn) {
			for piece := range slices.Chunk(frame(0, large), 3) {
				c.Write(piece)
			}
		})
		wantHead(t, dial(t, url, transport.Options{ReadLimit: 1000, Formats: []codec.Format{codec.CBOR}}), large[:256])
	})
}

// wantHead reads a message that is too large and begins with head.
func wantHead(t *testing.T, l *transport.Link, head []byte) {
	t.Helper()
	_, err := l.ReadFrame()
	defer l.Close()
	var large *transport.OversizeError
	if !errors.As(err, &large) || !errors.Is(err, transport.ErrTooLarge) {
		t.Fatalf("got %v, want ErrTooLarge", err)
	}
	if got := large.Head(); !bytes.Equal(got, head) {
		t.Errorf("it begins with %q, want %q", got, head)
	}
}
