package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
)

// subprotocol is the name of f in the upgrade.
func subprotocol(f codec.Format) string { return "wamp.2." + f.String() }

// dialWebSocket offers the formats of Options all at once, and those that are
// the default in two steps, each over a connection of its own: of all at once
// some servers pick JSON, in which bytes are not what they are in the others.
func dialWebSocket(ctx context.Context, t target, o Options) (*Link, error) {
	if err := o.addHeader(ctx); err != nil {
		return nil, t.failed(ctx, "header", err)
	}
	if !o.ownFormats {
		return dialOffer(ctx, t, o, o.Formats)
	}
	l, tried := dialOffer(ctx, t, o, defaultFormats[:2])
	if tried == nil || ended(ctx) != nil || !worthAnotherOffer(tried) {
		return l, tried
	}
	l, err := dialOffer(ctx, t, o, defaultFormats[2:])
	if err != nil && worthAnotherOffer(err) {
		return nil, tried
	}
	return l, err
}

// worthAnotherOffer: the server took none of the formats, or answered as
// servers do then: Crossbar with 400, others by hanging up.
func worthAnotherOffer(err error) bool {
	if errors.Is(err, errNoPick) || errors.Is(err, ErrHungUp) {
		return true
	}
	var h *HandshakeError
	if !errors.As(err, &h) {
		return false
	}
	switch h.Code {
	case http.StatusBadRequest, http.StatusNotAcceptable, http.StatusUnsupportedMediaType, http.StatusNotImplemented:
		return true
	}
	return false
}

// dialOffer opens the socket, upgrades it and judges the answer.
func dialOffer(ctx context.Context, t target, o Options, formats []codec.Format) (*Link, error) {
	out, err := open(ctx, t, o)
	if err != nil {
		return nil, err
	}
	l := t.link(out, o.ownDialer)
	o.Formats = formats
	var ws *websocket.Conn
	var on agreed
	in := &headKeeper{Conn: out, limit: o.ReadLimit}
	err = bounded(ctx, out, func() (err error) {
		ws, on, err = upgrade(ctx, in, t, o)
		return err
	})
	if err != nil {
		return nil, t.failed(ctx, "WebSocket upgrade", err)
	}
	out.start(o.silence(), o.silence())
	c := newWSConn(ws, in, out, on.format, o)
	if on.batched {
		c.batch(o)
		l.SendLimit = max(0, o.BatchLimit-lengthSize)
	}
	l.Conn, l.Format, l.Batched = c, on.format, on.batched
	return l, nil
}

// errNoPick: the server picked no subprotocol, or JSON, which it knows best.
var errNoPick = fmt.Errorf("%w: none of those offered", ErrSubprotocol)

// upgrade runs gorilla's handshake over out. gorilla would follow ctx by
// deadlines on the connection only, so it gets one without an end; bounded
// watches the real one.
func upgrade(ctx context.Context, in *headKeeper, t target, o Options) (*websocket.Conn, agreed, error) {
	have := func(context.Context, string, string) (net.Conn, error) { return in, nil }
	d := websocket.Dialer{
		NetDialContext:    have,
		NetDialTLSContext: have,
		ReadBufferSize:    readBuffer,
		WriteBufferSize:   writeBuffer,
		Jar:               o.Jar,
	}
	names, means := o.subprotocols()
	d.Subprotocols = names
	ws, resp, err := d.DialContext(context.WithoutCancel(ctx), t.url.String(), o.Header)
	if err != nil {
		return nil, agreed{}, upgradeError(err, resp)
	}
	if ext := resp.Header.Get("Sec-Websocket-Extensions"); ext != "" {
		return nil, agreed{}, refused(0, ErrExtension, "%s", clean(ext))
	}
	for i, name := range names {
		if ws.Subprotocol() == name {
			return ws, means[i], nil
		}
	}
	why := ErrSubprotocol
	if pick := ws.Subprotocol(); pick == "" || pick == subprotocol(codec.JSON) {
		why = errNoPick
	}
	return nil, agreed{}, refused(0, why, "offered %s, the server picked %q",
		strings.Join(names, ", "), clean(ws.Subprotocol()))
}

// upgradeError says what the server answered instead of 101.
func upgradeError(err error, resp *http.Response) error {
	if resp == nil {
		if hungUp(err) {
			return refused(0, ErrHungUp, "the WebSocket upgrade")
		}
		return err
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return refused(resp.StatusCode, ErrRedirect, "%s to %s", clean(resp.Status), location(resp))
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		return &HandshakeError{
			Code: resp.StatusCode, Text: "the server refused the WebSocket upgrade: " + clean(resp.Status), Err: err,
			RetryAfter: retryAfter(resp.Header.Get("Retry-After")),
		}
	}
	return &HandshakeError{Code: resp.StatusCode, Text: "the server's answer to the WebSocket upgrade is not valid", Err: err}
}

// retryAfter reads the two forms of a Retry-After header (RFC 9110 section
// 10.2.3); 0 for any other.
func retryAfter(header string) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// location is where a redirect leads, fit to be shown.
func location(resp *http.Response) string {
	u, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || u.String() == "" {
		return "an unknown place"
	}
	return redact(u)
}

// writeBuffer is gorilla's: a longer message leaves in fragments of this size.
const writeBuffer = 4 << 10

// wsConn is a WebSocket connection after its upgrade.
type wsConn struct {
	ws   *websocket.Conn
	kind int // TextMessage or BinaryMessage, by the serializer
	wake func()

	chunks    chunks
	readErr   error // the first one; nothing is read after it
	readLimit int

	in  *headKeeper
	out *coalescer

	batches *batching // nil if each message has a WebSocket message of its own

	mu    sync.Mutex // guards what follows
	pongs []string   // payloads that wait for Flush, at most maxPongs
	ended error      // readErr, for the writer
}

func newWSConn(ws *websocket.Conn, in *headKeeper, out *coalescer, f codec.Format, o Options) *wsConn {
	c := &wsConn{ws: ws, in: in, out: out, wake: o.Wake, kind: websocket.TextMessage, readLimit: o.ReadLimit}
	if f.Binary() {
		c.kind = websocket.BinaryMessage
	}
	ws.SetReadLimit(int64(o.ReadLimit))
	// gorilla's own handlers write from the reading goroutine, into a buffer that
	// nobody would flush.
	ws.SetPingHandler(c.queuePong)
	ws.SetCloseHandler(func(int, string) error { return nil })
	return c
}

// ReadFrame implements [Conn].
func (c *wsConn) ReadFrame() ([]byte, error) {
	if c.readErr != nil {
		return nil, c.readErr
	}
	b, err := c.next()
	if err != nil {
		c.readErr = c.out.closedOr(c.explain(err))
		c.mu.Lock()
		c.ended = c.readErr
		c.mu.Unlock()
		c.farewell(err)
		return nil, c.readErr
	}
	return b, nil
}

// farewell sends the peer the reason why reading has ended, as RFC 6455 section
// 7.1.7 requires, unless it is the connection that has failed. It is a
// courtesy: it waits neither long for a write under way nor for the peer.
func (c *wsConn) farewell(err error) {
	const patience = time.Second
	var failed net.Error
	var closed *websocket.CloseError
	var large *OversizeError // of a batch; gorilla has answered any other
	deadline := time.Now().Add(patience)
	switch {
	case errors.As(err, &failed) || hungUp(err):
		return
	case errors.As(err, &closed):
		if closed.Code == websocket.CloseAbnormalClosure {
			return
		}
		err = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(closed.Code, ""), deadline)
	case errors.Is(err, ErrBatch):
		err = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseProtocolError, ""), deadline)
	case errors.As(err, &large):
		err = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseMessageTooBig, ""), deadline)
	case errors.Is(err, ErrMessageType):
		err = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseUnsupportedData, ""), deadline)
	default:
		err = nil // gorilla has buffered one, 1009 or 1002
	}
	if err == nil {
		c.out.lastFlush(deadline)
	}
}

func (c *wsConn) next() ([]byte, error) {
	if c.batches != nil {
		return c.nextBatched()
	}
	kind, r, err := c.ws.NextReader()
	if err != nil {
		return nil, err
	}
	if kind != c.kind {
		return nil, wrongKind(kind, c.kind)
	}
	return c.chunks.readAll(r, -1)
}

// explain translates gorilla's errors.
func (c *wsConn) explain(err error) error {
	var closed *websocket.CloseError
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		return &OversizeError{fmt.Errorf("%w: more than %d bytes", ErrTooLarge, c.readLimit), func() []byte {
			c.out.hurry(oversizeGrace)
			return c.in.oversize()
		}}
	case errors.As(err, &closed):
		return &CloseError{Code: closed.Code, Reason: clean(closed.Text)}
	}
	return withPrefix("read", err)
}

// queuePong keeps the newest pings' payloads for the next Flush. Leaving out
// older ones is allowed by RFC 6455 section 5.5.3.
func (c *wsConn) queuePong(payload string) error {
	c.mu.Lock()
	if len(c.pongs) == maxPongs {
		c.pongs = append(c.pongs[:0], c.pongs[1:]...)
	}
	c.pongs = append(c.pongs, payload)
	c.mu.Unlock()
	c.wake()
	return nil
}

// WriteFrame implements [Conn].
func (c *wsConn) WriteFrame(head, body []byte) error {
	if c.batches != nil {
		return c.writeBatched(head, body)
	}
	w, err := c.ws.NextWriter(c.kind)
	if err != nil {
		return c.writeError(err)
	}
	for _, b := range [2][]byte{head, body} {
		if _, err := w.Write(b); err != nil {
			return c.writeError(err)
		}
	}
	return c.writeError(w.Close())
}

// Flush implements [Conn].
func (c *wsConn) Flush() error {
	if err := c.endBatch(); err != nil {
		return err
	}
	if err := c.writePongs(); err != nil {
		return err
	}
	return c.out.flush()
}

func (c *wsConn) writePongs() error {
	c.mu.Lock()
	pongs := c.pongs
	c.pongs = nil
	c.mu.Unlock()
	for _, p := range pongs {
		if err := c.ws.WriteMessage(websocket.PongMessage, []byte(p)); err != nil {
			return c.writeError(err)
		}
	}
	return nil
}

// Ping implements [Pinger].
func (c *wsConn) Ping() error {
	if err := c.endBatch(); err != nil {
		return err
	}
	return c.writeError(c.ws.WriteMessage(websocket.PingMessage, nil))
}

// Close implements [Conn].
func (c *wsConn) Close() error { return c.out.Close() }

// CloseWith implements [CloseSayer].
func (c *wsConn) CloseWith(code int, reason string) error {
	defer c.out.Close()
	deadline := c.out.deadline()
	if len(reason) > maxCloseReason {
		reason = strings.ToValidUTF8(reason[:maxCloseReason], "")
	}
	err := c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), deadline)
	// ErrCloseSent: gorilla has put one into the buffer already, 1009 or 1002.
	if err != nil && !errors.Is(err, websocket.ErrCloseSent) {
		return c.writeError(err)
	}
	return c.out.finish(deadline)
}

// maxCloseReason is what fits into a control frame beside the code.
const maxCloseReason = 123

// writeError gives err our prefix. After a close frame the reason for it is the
// error.
func (c *wsConn) writeError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, websocket.ErrCloseSent):
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.ended != nil {
			return c.ended
		}
		return errClosed
	}
	return withPrefix("write", err)
}
