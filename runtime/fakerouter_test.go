package wamp_test

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// fakeRouter is the peer of the benchmarks: it answers one client over a
// loopback socket and allocates nothing per message, so that what a benchmark
// counts is the client's.
type fakeRouter struct {
	tb                         testing.TB
	listener                   net.Listener
	websocket                  bool
	format                     codec.Format
	conn                       net.Conn
	in                         *bufio.Reader
	frame                      []byte
	enc                        codec.Encoder
	out                        []byte
	writes                     atomic.Int64 // of the client, on its socket
	joined                     chan struct{}
	registration, subscription uint64
}

// link is one combination of transport and format.
type link struct {
	name      string
	websocket bool
	format    codec.Format
}

var links = []link{
	{"RawSocketCBOR", false, codec.CBOR},
	{"WebSocketMessagePack", true, codec.MessagePack},
}

// startFake returns a router and a client that has joined it.
func startFake(tb testing.TB, l link, opts ...wamp.ConnectOption) (*fakeRouter, *wamp.Client) {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	r := &fakeRouter{tb: tb, listener: listener, websocket: l.websocket, format: l.format,
		frame: make([]byte, 64<<10), joined: make(chan struct{}), registration: 7, subscription: 9}
	go r.accept()
	url := "tcp://" + listener.Addr().String()
	if l.websocket {
		url = "ws://" + listener.Addr().String() + "/ws"
	}
	c, err := wamp.Connect(tb.Context(), url, "realm1", append(opts, wamp.WithSerializers(l.format), wamp.WithNetDial(r.dial))...)
	if err != nil {
		tb.Fatal(err)
	}
	<-r.joined
	tb.Cleanup(func() {
		listener.Close()
		r.conn.Close()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = c.Close(ctx) // nobody answers the GOODBYE
	})
	return r, c
}

// countingConn counts the writes of the client.
type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c countingConn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}

func (r *fakeRouter) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, addr)
	return countingConn{conn, &r.writes}, err
}

// accept does the transport's handshake and HELLO and WELCOME.
func (r *fakeRouter) accept() {
	conn, err := r.listener.Accept()
	if err != nil {
		return
	}
	r.conn, r.in = conn, bufio.NewReaderSize(conn, 64<<10)
	if r.websocket {
		r.upgrade()
	} else {
		hello := make([]byte, 4)
		_, _ = io.ReadFull(r.in, hello)
		_, _ = conn.Write([]byte{0x7f, 0xf0 | byte(r.format), 0, 0})
	}
	r.read()
	welcome, err := core.Append(nil, r.format, &core.Message{Type: core.MsgWelcome, ID: 1, Options: core.Dict{
		{Key: "roles", Value: map[string]any{"broker": map[string]any{}, "dealer": map[string]any{}}}}})
	if err != nil {
		r.tb.Error(err)
	}
	r.send(welcome)
	close(r.joined)
}

func (r *fakeRouter) upgrade() {
	req, err := http.ReadRequest(r.in)
	if err != nil {
		return
	}
	sum := sha1.Sum([]byte(req.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, _ = io.WriteString(r.conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Protocol: wamp.2."+r.format.String()+"\r\n"+
		"Sec-WebSocket-Accept: "+base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n")
}

// read returns the next frame, valid until the next read; nil at the end.
func (r *fakeRouter) read() []byte {
	if r.websocket {
		return r.readWebSocket()
	}
	var head [4]byte
	for i := range head {
		b, err := r.in.ReadByte()
		if err != nil {
			return nil
		}
		head[i] = b
	}
	return r.fill(int(binary.BigEndian.Uint32(head[:])))
}

func (r *fakeRouter) fill(n int) []byte {
	if _, err := io.ReadFull(r.in, r.frame[:n]); err != nil {
		return nil
	}
	return r.frame[:n]
}

func (r *fakeRouter) readWebSocket() []byte {
	_, _ = r.in.ReadByte()
	b, err := r.in.ReadByte()
	if err != nil {
		return nil
	}
	n := int(b & 0x7f)
	if n == 126 {
		hi, _ := r.in.ReadByte()
		lo, _ := r.in.ReadByte()
		n = int(hi)<<8 | int(lo)
	}
	var mask [4]byte
	for i := range mask {
		mask[i], _ = r.in.ReadByte()
	}
	frame := r.fill(n)
	for i := range frame {
		frame[i] ^= mask[i&3]
	}
	return frame
}

// push appends one frame to what is sent next.
func (r *fakeRouter) push(frame []byte) {
	if !r.websocket {
		r.out = binary.BigEndian.AppendUint32(r.out, uint32(len(frame)))
		r.out = append(r.out, frame...)
		return
	}
	r.out = append(r.out, 0x82)
	if len(frame) < 126 {
		r.out = append(r.out, byte(len(frame)))
	} else {
		r.out = append(r.out, 126, byte(len(frame)>>8), byte(len(frame)))
	}
	r.out = append(r.out, frame...)
}

func (r *fakeRouter) flush() {
	_, _ = r.conn.Write(r.out)
	r.out = r.out[:0]
}

func (r *fakeRouter) send(frame []byte) {
	r.push(frame)
	r.flush()
}

// request takes the code, the id and the arguments out of a CALL, SUBSCRIBE,
// REGISTER or YIELD.
func (r *fakeRouter) request(frame []byte) (code core.Type, id uint64, args codec.Raw) {
	var d codec.Decoder
	d.Start(codec.Raw{Format: r.format, Data: frame}, "")
	s := d.List()
	d.Next(&s)
	code = core.Type(d.Uint(64))
	d.Next(&s)
	id = d.Uint(64)
	skip := 2 // options and URI
	if code == core.MsgYield {
		skip = 1
	}
	for range skip {
		d.Next(&s)
		d.Skip()
	}
	if d.Next(&s) {
		args = d.Raw()
	}
	return code, id, args
}

// reply builds a message of up to three integers, an empty dict and arguments.
func (r *fakeRouter) reply(args codec.Raw, dict bool, numbers ...uint64) []byte {
	e := &r.enc
	e.Reset(r.format, e.Bytes()[:0])
	n := len(numbers)
	if dict {
		n++
	}
	if !args.Absent() {
		n++
	}
	e.List(n)
	for _, v := range numbers {
		e.Uint(v)
	}
	if dict {
		e.Map(0)
		e.EndMap()
	}
	if !args.Absent() {
		e.Raw(args)
	}
	e.EndList()
	return e.Bytes()
}

// serve answers calls with their own arguments and every SUBSCRIBE and
// REGISTER, writing when nothing more has arrived, until the socket ends.
func (r *fakeRouter) serve() {
	for {
		frame := r.read()
		if frame == nil {
			return
		}
		r.answer(frame)
		if r.in.Buffered() == 0 {
			r.flush()
		}
	}
}

func (r *fakeRouter) answer(frame []byte) {
	code, id, args := r.request(frame)
	switch code {
	case core.MsgCall:
		r.push(r.reply(args, true, uint64(core.MsgResult), id))
	case core.MsgSubscribe:
		r.push(r.reply(codec.Raw{}, false, uint64(core.MsgSubscribed), id, r.subscription))
	case core.MsgRegister:
		r.push(r.reply(codec.Raw{}, false, uint64(core.MsgRegistered), id, r.registration))
	}
}

// answerOne answers one request on a goroutine of its own.
func (r *fakeRouter) answerOne() (answered <-chan struct{}) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.answer(r.read())
		r.flush()
	}()
	return done
}
