package transport

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
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
// writes. Close is safe for concurrent use.
type Conn interface {
	// ReadFrame returns the next message in a slice of exact size that belongs to
	// the caller. It also handles control frames: it queues answers for the next
	// Flush and calls [Options.Wake]. After the first error it reads nothing more
	// and returns that error again. Over WebSocket it has then sent a close frame
	// with the reason, if the peer was still connected.
	ReadFrame() ([]byte, error)

	// WriteFrame buffers one message, the bytes of head followed by those of body;
	// either may be nil. Both slices may be reused when it returns. If the message
	// is larger than the peer accepts, the error is [ErrTooLarge] and the
	// connection is still usable; any other error is final. WriteFrame may write a
	// large message without waiting for Flush.
	WriteFrame(head, body []byte) error

	// Flush writes everything that is buffered, including queued control replies,
	// in one write on the socket, see [Options.WriteTimeout]. Its errors are
	// final.
	Flush() error

	// Close closes the connection at once and sends nothing to the peer. It
	// unblocks ReadFrame and Flush and may be called more than once.
	Close() error
}

// Pinger is implemented by a [Conn] that can send keep-alive pings: every one
// over WebSocket, and one over RawSocket with [Options.RawSocketPing].
type Pinger interface {
	// Ping buffers a ping until the next Flush. Only the writing goroutine may
	// call it.
	Ping() error
}

// CloseSayer is implemented by a [Conn] that can send the reason for closing,
// as WebSocket does.
type CloseSayer interface {
	// CloseWith sends what is buffered and a close frame, within the write
	// timeout, and then closes the connection. code is a WebSocket close code such
	// as 1000 (normal), 1002 (protocol error) or 1009 (too large); reason is cut
	// to 123 bytes. Safe for concurrent use.
	CloseWith(code int, reason string) error
}

// Link is an open connection and what both sides agreed on.
type Link struct {
	Conn
	// Format is the serializer both sides use.
	Format codec.Format
	// Batched reports whether a WebSocket message holds any number of messages.
	Batched bool
	// SendLimit is the largest message that may be sent, in bytes: what the peer has
	// announced or, where messages are batched, what fits into [Options.BatchLimit].
	// 0 is no limit.
	SendLimit int
	// TLS describes the TLS session; nil on plain text.
	TLS *tls.ConnectionState
	// Local reports whether the bytes stay on this machine: over a unix socket, a
	// loopback address, or in memory.
	Local bool
	// URL is the URL of the link without user information and query.
	URL string
}

// Options configures a connection. The zero value is ready to use.
type Options struct {
	// Formats are the serializers to offer in order of preference. Default: CBOR
	// and MessagePack, and then JSON, over a new connection, if the router accepts
	// neither.
	//
	// WebSocket offers all formats at once and the server selects one. RawSocket
	// can request only one format for each connection: it requests the first one
	// and, if the router refuses it or hangs up, the next one over a new
	// connection.
	Formats []codec.Format
	// Batched offers the batched form of each format over WebSocket, before the
	// plain one, which servers without batches select. What one Flush sends then
	// leaves in one WebSocket message, up to 64 KiB of it. Default: it is not
	// offered.
	Batched bool
	// BatchedJSON is the octet that ends each message in batched JSON:
	// [EndRecord], or [EndCancel] for Crossbar.io. Both are read. Default: JSON is
	// not offered batched, since a client cannot know which octet the server reads.
	BatchedJSON byte
	// BatchLimit is the largest batch that is sent, in bytes. A batch of several
	// messages never has more than 64 KiB. Default, and for 0 or less: a batch of
	// one message may have any size.
	BatchLimit int
	// TLS is the TLS configuration, which is cloned. Unless it sets them,
	// ServerName is the host of the URL and the minimum version is TLS 1.2.
	// Default: the certificate of the router is verified with the roots of the
	// system.
	TLS *tls.Config
	// Header is sent with the WebSocket upgrade request.
	Header http.Header
	// HeaderFunc returns more fields of the upgrade request for each Dial; they
	// replace those of Header. It must honor ctx. An error of it fails the Dial.
	// Default: none.
	HeaderFunc func(ctx context.Context) (http.Header, error)
	// Jar supplies the cookies of the upgrade request and stores those of the
	// answer. Default: no cookies.
	Jar http.CookieJar
	// ReadLimit is the largest message accepted, in bytes, at most [MaxReadLimit].
	// RawSocket rounds it up to a power of two from 512. Default: 1 MiB.
	ReadLimit int
	// WriteTimeout is after how long writing fails if the peer reads nothing. A
	// large message on a slow link may take longer while it makes progress.
	// Default: 10 s.
	WriteTimeout time.Duration
	// PingInterval is how often the owner of the connection calls [Pinger].
	// Default: 15 s. If it is negative there are no pings, and the peer may be
	// silent for any time.
	PingInterval time.Duration
	// PongTimeout is how long the answer to a ping may take. If nothing at all
	// arrives for PingInterval + PongTimeout, ReadFrame fails with a timeout. On
	// RawSocket without pings this holds only inside a message. It does not hold
	// while the peer is taking a large message. Default: 10 s.
	PongTimeout time.Duration
	// RawSocketPing permits this side to send pings on RawSocket. Default: off,
	// because Crossbar.io mistakes one for an oversized message and hangs up.
	RawSocketPing bool
	// Proxy returns the proxy for a router, nil for none. The request has the
	// URL of the router with the scheme http or https. The scheme of the proxy
	// is http or https, for a tunnel with CONNECT, or socks5. The user
	// information of its URL is the login. Default: [http.ProxyFromEnvironment]
	// for WebSocket, none for RawSocket and if NetDial is set.
	Proxy func(*http.Request) (*url.URL, error)
	// NetDial opens the socket, to a proxy if there is one, and must honor ctx.
	// network is "tcp" or "unix". Default: a [net.Dialer].
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Wake is called by the reader if a control reply waits for Flush. It must not
	// block. Default: nothing is called.
	Wake func()

	ownFormats bool // Formats are the default
	ownDialer  bool // NetDial is ours, so an address says where the peer is
}

// Dialer opens a [Link].
type Dialer interface {
	// Dial opens a connection to rawURL. ctx bounds all of the opening: name
	// lookup, TCP, TLS, and the upgrade or RawSocket reply. If ctx ends later, the
	// [Link] stays open.
	Dial(ctx context.Context, rawURL string, o Options) (*Link, error)
}

// Net is the [Dialer] for real networks. It has no state and is safe for
// concurrent use.
//
// It supports the URL schemes ws and wss (WebSocket), tcp and rs (RawSocket),
// tcps and rss (RawSocket over TLS) and unix (RawSocket on a unix socket,
// unix:///path). Redirects are not followed. Unless the URL or the [Options]
// are invalid, errors are of type [*HandshakeError].
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
