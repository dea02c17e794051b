package transport

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// Defaults and bounds of [Options].
const (
	DefaultReadLimit    = 1 << 20          // bytes of one inbound message
	MaxReadLimit        = 1 << 24          // the most ReadLimit may be set to, bytes
	DefaultWriteTimeout = 10 * time.Second // without a byte that the peer takes
	DefaultPingInterval = 15 * time.Second // between two keep-alive pings
	DefaultPongTimeout  = 10 * time.Second // for the answer to a ping
)

// Conn carries whole WAMP messages. One goroutine may read while another one
// writes; Close may be called from anywhere at any time.
type Conn interface {
	// ReadFrame returns the next message in a slice of exact size that belongs to
	// the caller. It handles control frames on the way: answers are queued for the
	// next Flush and announced by Options.Wake. After the first error it reads
	// nothing more and returns that error again. Over WebSocket the peer has then
	// been told why, by a close frame, if it is still there.
	ReadFrame() ([]byte, error)

	// WriteFrame buffers one message, the bytes of head followed by those of body;
	// either may be nil. Both slices may be reused when it returns. A message above
	// the peer's limit is refused with ErrTooLarge and leaves the connection usable;
	// any other error is final. A large message may be written at once.
	WriteFrame(head, body []byte) error

	// Flush writes everything that is buffered, queued control replies included, in
	// one write on the socket; see Options.WriteTimeout. Its errors are final.
	Flush() error

	// Close closes the connection hard and at once, without a word to the peer. It
	// unblocks ReadFrame and Flush and may be called more than once.
	Close() error
}

// Pinger is the optional upgrade of a [Conn] that can send keep-alive pings:
// always one over WebSocket, one over RawSocket only with Options.RawSocketPing.
type Pinger interface {
	// Ping buffers a ping until the next Flush. It belongs to the writing goroutine.
	Ping() error
}

// CloseSayer is the optional upgrade of a [Conn] that can say why it closes:
// one over WebSocket.
type CloseSayer interface {
	// CloseWith sends what is buffered and a close frame, within the write timeout,
	// then closes the connection. code is a WebSocket close code (1000 normal,
	// 1002 protocol error, 1009 too large); reason is cut to 123 bytes. Safe from
	// any goroutine.
	CloseWith(code int, reason string) error
}

// Link is an open connection and what was agreed on it.
type Link struct {
	Conn
	// Format is the serializer both sides use.
	Format codec.Format
	// SendLimit is the largest message the peer takes, in bytes; 0: it told none.
	SendLimit int
	// TLS describes the TLS session; nil on plain text.
	TLS *tls.ConnectionState
	// Local says that the bytes do not leave this machine: a unix socket, a
	// loopback address, or a connection in memory.
	Local bool
	// URL is where the link leads, without user information and query.
	URL string
}

// Options say how to open and run a connection. The zero value is ready to use.
type Options struct {
	// Formats to offer in order of preference. Default: CBOR and MessagePack, and
	// JSON where the router takes neither.
	// WebSocket offers all that are set here at once and follows the server's pick;
	// by default JSON goes over a new connection. RawSocket can ask for one only: it
	// asks for the first and, when the router refuses that one or hangs up on it, for
	// the next over a new connection.
	Formats []codec.Format
	// TLS is cloned. Unless set there, ServerName is the URL's host and TLS 1.2 the
	// oldest version accepted. Default: the system's roots, verification on.
	TLS *tls.Config
	// Header is sent with the WebSocket upgrade request.
	Header http.Header
	// Jar gives cookies to the upgrade request and keeps those of the answer.
	// Default: no cookies.
	Jar http.CookieJar
	// ReadLimit is the largest message accepted, in bytes, at most MaxReadLimit.
	// RawSocket rounds it up to a power of two from 512. Default: 1 MiB.
	ReadLimit int
	// WriteTimeout is how long the peer may take nothing of what is written. A large
	// message on a slow link may take longer as long as it makes progress. Default: 10 s.
	WriteTimeout time.Duration
	// PingInterval is how often the owner of the connection calls Ping. Default:
	// 15 s; negative: never, then the silence of the peer is not bounded either.
	PingInterval time.Duration
	// PongTimeout is how long an answer to a ping may take. When nothing at all was
	// read for PingInterval + PongTimeout, ReadFrame fails with a timeout; without
	// pings on RawSocket that counts inside a message only. A peer that is taking a
	// large message of ours is not silent. Default: 10 s.
	PongTimeout time.Duration
	// RawSocketPing allows pings of ours on RawSocket. Default: off, because
	// Crossbar's Twisted server takes one for an oversized message and hangs up.
	RawSocketPing bool
	// NetDial opens the socket and must honour ctx. network is "tcp" or "unix".
	// Default: a net.Dialer. For tests and proxies.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Wake is called by the reader when a control reply waits for Flush. It must
	// not block. Default: nothing is called.
	Wake func()

	ownFormats bool // Formats are the default
	ownDialer  bool // NetDial is ours, so an address tells where the peer is
}

// Dialer opens a [Link].
type Dialer interface {
	// Dial opens a connection to rawURL. ctx bounds the opening only, but all of it:
	// name lookup, TCP, TLS, upgrade or RawSocket reply. Ending ctx later does not
	// touch the link.
	Dial(ctx context.Context, rawURL string, o Options) (*Link, error)
}

// Net is the [Dialer] for real networks. It is stateless and safe for concurrent use.
//
// It knows the URL schemes ws and wss (WebSocket), tcp and rs (RawSocket), tcps and
// rss (RawSocket over TLS) and unix (RawSocket on a unix socket, unix:///path).
// Redirects are not followed. Failures past the URL are of type [*HandshakeError].
type Net struct{}

// Dial implements [Dialer].
func (Net) Dial(ctx context.Context, rawURL string, o Options) (*Link, error) {
	t, err := parseTarget(rawURL)
	if err != nil {
		return nil, err
	}
	if o, err = o.withDefaults(); err != nil {
		return nil, err
	}
	if t.websocket {
		return dialWebSocket(ctx, t, o)
	}
	return dialRawSocket(ctx, t, o)
}
