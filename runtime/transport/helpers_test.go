package transport_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

// within is for tests on real sockets: long enough never to matter.
func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func dial(t testing.TB, url string, o transport.Options) *transport.Link {
	t.Helper()
	l, err := transport.Net{}.Dial(within(t), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func dialFails(t testing.TB, url string, o transport.Options) *transport.HandshakeError {
	t.Helper()
	l, err := transport.Net{}.Dial(within(t), url, o)
	if err == nil {
		l.Close()
		t.Fatal("Dial succeeded, want an error")
	}
	var h *transport.HandshakeError
	if !errors.As(err, &h) {
		t.Fatalf("error %T (%v), want *HandshakeError", err, err)
	}
	if !strings.HasPrefix(err.Error(), "wamp: cannot open ") || strings.Count(err.Error(), "wamp: ") != 1 {
		t.Errorf("error text %q, want one prefix", err)
	}
	return h
}

// serve listens on loopback and runs handle for each connection, which it closes
// after. It returns host:port. The test waits for all handlers.
func serve(t testing.TB, handle func(net.Conn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, ln, handle)
	return ln.Addr().String()
}

func serveOn(t testing.TB, ln net.Listener, handle func(net.Conn)) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				handle(c)
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		wg.Wait()
	})
}

// piped is a NetDial to a server in memory; handle's connection is closed after it.
func piped(handle func(net.Conn)) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			handle(server)
		}()
		return client, nil
	}
}

// accept answers a RawSocket handshake with the asked serializer and the given
// length nibble, and returns the request.
func accept(c net.Conn, nibble byte) (request [4]byte, err error) {
	if _, err := io.ReadFull(c, request[:]); err != nil {
		return request, err
	}
	_, err = c.Write([]byte{0x7f, nibble<<4 | request[1]&0x0f, 0, 0})
	return request, err
}

// rawServer is a RawSocket router up to the end of the handshake; 2^24 is its limit.
func rawServer(t testing.TB, handle func(net.Conn)) string {
	return "tcp://" + serve(t, func(c net.Conn) {
		if _, err := accept(c, 15); err == nil {
			handle(c)
		}
	})
}

// frame is a RawSocket frame as bytes; first holds type and flags.
func frame(first byte, payload []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(payload)))
	b[0] |= first
	return append(b, payload...)
}

// readRaw takes one RawSocket frame off c.
func readRaw(c io.Reader) (first byte, payload []byte, err error) {
	var p [4]byte
	if _, err := io.ReadFull(c, p[:]); err != nil {
		return 0, nil, err
	}
	payload = make([]byte, binary.BigEndian.Uint32(p[:])&0xffffff)
	_, err = io.ReadFull(c, payload)
	return p[0], payload, err
}

// wsServer upgrades with gorilla, all formats offered.
func wsServer(t testing.TB, handle func(*websocket.Conn)) string {
	t.Helper()
	s := httptest.NewServer(upgrader(handle))
	t.Cleanup(s.Close)
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

func upgrader(handle func(*websocket.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u := websocket.Upgrader{Subprotocols: []string{"wamp.2.json", "wamp.2.msgpack", "wamp.2.cbor"}}
		// Order of the client's preference.
		u.Subprotocols = websocket.Subprotocols(r)
		c, err := u.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		handle(c)
	}
}

// peer is a server's end of any transport: whole messages.
type peer struct {
	recv func() ([]byte, error)
	send func([]byte) error
}

// eachLink runs test over every transport and format, against a server that does
// what handle says.
func eachLink(t *testing.T, o transport.Options, handle func(peer), test func(*testing.T, *transport.Link)) {
	for name, start := range map[string]func(testing.TB, func(peer)) string{"websocket": wsPeer, "rawsocket": rawPeer} {
		for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			t.Run(name+"/"+f.String(), func(t *testing.T) {
				o := o
				o.Formats = []codec.Format{f}
				test(t, dial(t, start(t, handle), o))
			})
		}
	}
}

func wsPeer(t testing.TB, handle func(peer)) string {
	return wsServer(t, func(c *websocket.Conn) {
		kind := websocket.BinaryMessage
		if c.Subprotocol() == "wamp.2.json" {
			kind = websocket.TextMessage
		}
		handle(peer{
			recv: func() ([]byte, error) {
				k, b, err := c.ReadMessage()
				if err == nil && k != kind {
					err = errors.New("message of the wrong type")
				}
				return b, err
			},
			send: func(b []byte) error { return c.WriteMessage(kind, b) },
		})
	})
}

func rawPeer(t testing.TB, handle func(peer)) string {
	return rawServer(t, func(c net.Conn) {
		handle(peer{
			recv: func() ([]byte, error) {
				_, b, err := readRaw(c)
				return b, err
			},
			send: func(b []byte) error {
				_, err := c.Write(frame(0, b))
				return err
			},
		})
	})
}

// echo sends every message back.
func echo(p peer) {
	for {
		b, err := p.recv()
		if err != nil || p.send(b) != nil {
			return
		}
	}
}

func send(t testing.TB, c transport.Conn, messages ...[]byte) {
	t.Helper()
	for _, m := range messages {
		if err := c.WriteFrame(m, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
}

func wantFrame(t testing.TB, c transport.Conn, want []byte) {
	t.Helper()
	got, err := c.ReadFrame()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) || cap(got) != len(got) || got == nil {
		t.Fatalf("ReadFrame: %d bytes, cap %d, want the %d sent", len(got), cap(got), len(want))
	}
}

// wantReadError reads until the error, checks it, and that it stays.
func wantReadError(t testing.TB, c transport.Conn, want error) error {
	t.Helper()
	_, err := c.ReadFrame()
	for err == nil {
		_, err = c.ReadFrame()
	}
	if !errors.Is(err, want) || !strings.HasPrefix(err.Error(), "wamp: ") {
		t.Fatalf("ReadFrame: %v, want %v", err, want)
	}
	if _, again := c.ReadFrame(); again != err {
		t.Fatalf("second error %v, want the first again: %v", again, err)
	}
	return err
}

func message(n int) []byte {
	const some = "abcdefghijklmnopqrstuvw"
	return bytes.Repeat([]byte(some), n/len(some)+1)[:n:n]
}

// counter counts the writes on its connection.
type counter struct {
	net.Conn
	writes *atomic.Int64
}

func (c counter) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// counting is a NetDial whose connections count writes.
func counting(n *atomic.Int64) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return counter{c, n}, nil
	}
}

// trusting is a client configuration for httptest's certificate.
func trusting(s *httptest.Server) *tls.Config {
	return s.Client().Transport.(*http.Transport).TLSClientConfig
}

// acceptKey is RFC 6455 section 4.2.2, step 5.4.
func acceptKey(key string) string {
	h := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(h[:])
}

// oneCookie is a jar for one cookie.
type oneCookie struct{ kept []*http.Cookie }

func (j *oneCookie) SetCookies(_ *url.URL, c []*http.Cookie) { j.kept = c }
func (j *oneCookie) Cookies(*url.URL) []*http.Cookie         { return j.kept }

// wantTimeout reads until the connection is given up for its silence.
func wantTimeout(t testing.TB, c transport.Conn) error {
	t.Helper()
	err := wantReadError(t, c, os.ErrDeadlineExceeded)
	var ne net.Error
	if !errors.As(err, &ne) || !ne.Timeout() {
		t.Errorf("%v is no timeout", err)
	}
	return err
}

// wsPingThenCount sends two pings and "go on", then says what came back.
func wsPingThenCount(c *websocket.Conn) {
	messages, pongs, pings := 0, 0, 0
	c.SetPingHandler(func(string) error {
		pings++
		return nil
	})
	c.SetPongHandler(func(string) error {
		if pongs++; pongs == 2 { // the last of what is expected
			return c.WriteMessage(websocket.BinaryMessage, fmt.Appendf(nil, "%d messages, %d pongs, %d ping", messages, pongs, pings))
		}
		return nil
	})
	c.WriteMessage(websocket.PingMessage, []byte("1"))
	c.WriteMessage(websocket.PingMessage, []byte("2"))
	c.WriteMessage(websocket.BinaryMessage, []byte("go on"))
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			return
		}
		messages++
	}
}

// rawPingThenCount is the same over RawSocket.
func rawPingThenCount(c net.Conn) {
	c.Write(bytes.Join([][]byte{frame(1, []byte("1")), frame(1, []byte("2")), frame(0, []byte("go on"))}, nil))
	var n [3]int
	for n[0] < 100 || n[1] < 1 || n[2] < 2 {
		kind, _, err := readRaw(c)
		if err != nil || kind > 2 {
			return
		}
		n[kind]++
	}
	c.Write(frame(0, fmt.Appendf(nil, "%d messages, %d pongs, %d ping", n[0], n[2], n[1])))
}

// welcome does the server's part of the handshake by hand, CBOR picked.
func welcome(transport string, c net.Conn) {
	if transport == "tcp" || transport == "tcps" {
		accept(c, 15)
		return
	}
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: wamp.2.cbor\r\n\r\n", acceptKey(r.Header.Get("Sec-WebSocket-Key")))
}

// deaf does the handshake and then never reads. It ends with the test.
func deaf(t *testing.T, transport string, config *tls.Config) func(net.Conn) {
	return func(c net.Conn) {
		if transport == "tcps" || transport == "wss" {
			c = tls.Server(c, config)
		}
		welcome(transport, c)
		<-t.Context().Done()
	}
}
