package wamp

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/transport"
)

// Limits bounds what a client keeps for its peers and for its own callers. A
// field of zero or less means its default.
type Limits struct {
	// QueueFrames and QueueBytes bound the messages that wait to be written. While
	// the queue is full, callers wait under their ctx. Defaults 1 024 and 4 MiB.
	QueueFrames, QueueBytes int
	// MailboxEvents and MailboxBytes bound the events that wait for the handler of
	// one subscription, in events and bytes of frames. Defaults 1 024 and 4 MiB.
	MailboxEvents, MailboxBytes int
	// InboundBytes bounds the frames of all events and invocations together,
	// from their arrival until the handler returns. While the handler runs a
	// frame counts twice, for the values decoded from it. What runs takes at
	// most half of the bound and one frame; a large event waits until there is
	// room for it. Beyond the bound, the subscriptions and lanes
	// whose handlers keep up least give way, the fullest first: its events are
	// dropped by its [OverflowPolicy], its invocations are answered with
	// wamp.error.unavailable. If nothing waits there is always room for one.
	// Chunks that wait for their handlers take at most half of the bound.
	// Default 32 MiB.
	InboundBytes int
	// Workers is how many invocations run at a time, and Waiting how many wait
	// behind them; further ones are answered with wamp.error.unavailable and
	// retry_after_ms. Defaults 256 and 1 024. [WithConcurrency] sets the
	// workers of one procedure, and [WithPriority] gives registrations workers
	// of their own. A handler that waits in a call made with its own ctx, or
	// one derived from it, frees its worker. It continues when a worker is
	// free, before invocations that have not begun, or at once if the ctx of
	// the call has ended.
	Workers, Waiting int
	// Streams is how many invocations of procedures with progressive results or
	// chunks run at a time. They do not count as Workers, so that other calls do not
	// wait for open streams. Default 4 096.
	Streams int
	// Pending is how many calls and acknowledged publishes may wait for a reply,
	// and how many handlers may wait in calls; further ones fail with
	// [ErrOverflow]. Registrations and subscriptions do not count. Default 65 536.
	Pending int
	// PayloadMemory bounds the memory that decoding one payload takes, in bytes,
	// but allows at least 16 times the size of the payload. A payload that takes
	// more fails with a [*ValueError]. Default 64 MiB.
	PayloadMemory int
	// Memory bounds the memory of all decoded payloads together until their
	// handlers return, in bytes. Default 256 MiB.
	Memory int
}

// withDefaults fills the zero fields.
func (l Limits) withDefaults() Limits {
	fill := func(v *int, def int) {
		if *v <= 0 {
			*v = def
		}
	}
	fill(&l.QueueFrames, 1024)
	fill(&l.QueueBytes, 4<<20)
	fill(&l.MailboxEvents, 1024)
	fill(&l.MailboxBytes, 4<<20)
	fill(&l.InboundBytes, 32<<20)
	fill(&l.Workers, 256)
	fill(&l.Waiting, 1024)
	fill(&l.Streams, 4096)
	fill(&l.Pending, 65536)
	fill(&l.PayloadMemory, 64<<20)
	fill(&l.Memory, 256<<20)
	return l
}

// config is what the options of Connect set.
type config struct {
	urls          []string
	methods       []auth.Method
	policy        auth.Policy
	plaintext     bool
	log           *slog.Logger
	limits        Limits
	handshake     time.Duration
	maxElapsed    time.Duration
	backoff       Backoff
	retryFatal    bool
	failFast      bool
	publishBuffer int
	writeLimit    int
	errorText     bool
	validate      bool
	interceptors  interceptors
	overrides     core.Overrides
	anyRealm      bool
	strict        bool
	authExtra     map[string]any
	payloadCodecs payloadCodecs
	dialer        transport.Dialer
	link          transport.Options
}

// defaultHandshake bounds the opening of a session.
const defaultHandshake = 10 * time.Second

// withDefaults fills what the options left unset, or set to nothing.
func (c config) withDefaults() config {
	c.limits, c.backoff = c.limits.withDefaults(), c.backoff.withDefaults()
	if c.log == nil {
		c.log = slog.Default()
	}
	if c.writeLimit <= 0 {
		c.writeLimit = transport.MaxReadLimit
	}
	if c.handshake <= 0 {
		c.handshake = defaultHandshake
	}
	c.publishBuffer = max(c.publishBuffer, 0)
	if c.dialer == nil {
		c.dialer = transport.Net{}
	}
	return c
}

// ConnectOption configures a Client. Options are applied in order; the last
// one of a kind wins.
type ConnectOption interface{ applyConnect(*config) }

type connectOption func(*config)

func (f connectOption) applyConnect(c *config) { f(c) }

// WithURLs adds more routers of the same realm to the URL given to Connect.
// They are tried in turn, without a pause between them, in a random order for
// each client. After a session that lasted less than 30 s the next router is
// tried first, otherwise the same one. If the router says GOODBYE or shuts down
// the client moves to another one at once, unless that one has failed within
// the last 30 s. A URL that is given more than once counts once. See also
// [Client.SetURLs].
func WithURLs(urls ...string) ConnectOption {
	return connectOption(func(c *config) { c.urls = append(c.urls, urls...) })
}

// WithAuth sets the authentication methods in order of preference. The router
// selects one. Default: anonymous.
//
// If the router refuses the login, the error is [ErrAuthenticationFailed] or
// [ErrNoSuchRealm]. Once the client has answered a challenge, an ABORT with any
// reason counts as a refusal, except reasons that are known to be temporary. If
// the client refuses the router, the error is an [*auth.Error]: the router
// accepts the client without a challenge, asks for less than was configured, or
// cannot prove its identity.
//
// Lasting refusals end the client, see [WithRetryFatal]. Methods or credentials
// that no router could accept make [Connect] fail at once.
func WithAuth(methods ...auth.Method) ConnectOption {
	return connectOption(func(c *config) { c.methods = slices.Clone(methods) })
}

// WithAuthPolicy sets which deviations from its methods the client accepts.
// Default: the zero [auth.Policy], which accepts none.
func WithAuthPolicy(p auth.Policy) ConnectOption {
	return connectOption(func(c *config) { c.policy = p })
}

// WithPlaintextSecrets permits methods that send their secret itself (ticket,
// cookie) over an unencrypted connection to another host. Default: [Connect]
// refuses a ws or tcp URL whose host is neither localhost nor a loopback
// address before it dials. Methods that do not send their secret are permitted
// with a warning in the log.
func WithPlaintextSecrets() ConnectOption {
	return connectOption(func(c *config) { c.plaintext = true })
}

// WithSerializers sets the formats in order of preference (specification
// "Serializers"); [Connect] refuses unknown formats. Over WebSocket all of them
// are offered at once and the router selects one. Default: CBOR and
// MessagePack, and JSON only if the router accepts neither, because some
// routers would select JSON and then turn bytes into text. [Status.Format] is
// the format of the session.
func WithSerializers(formats ...codec.Format) ConnectOption {
	return connectOption(func(c *config) { c.link.Formats = slices.Clone(formats) })
}

// WithBatching offers the batched form of CBOR and MessagePack over WebSocket
// (specification "Batched WebSocket Transport"): messages that are sent at the same
// time leave in one WebSocket message. A burst of them costs Crossbar.io down to
// half of the processor time, and this side a little less; single messages cost
// the same. No WebSocket message is larger than [WithWriteLimit]. A router that does
// not support the form selects the plain one. Default: it is not offered, since
// a server may select a form that it does not support.
func WithBatching() ConnectOption {
	return connectOption(func(c *config) { c.link.Batched = true })
}

// WithBatchedJSON is [WithBatching] for JSON too. end is the octet that ends each
// message: [transport.EndRecord] as the specification says, or
// [transport.EndCancel] for Crossbar.io; [Connect] refuses any other. A router
// that supports the form and uses the other octet does not understand the client.
// Default: JSON is not sent in batches.
func WithBatchedJSON(end byte) ConnectOption {
	return connectOption(func(c *config) { c.link.Batched, c.link.BatchedJSON = true, end })
}

// WithLogger sets the logger for events of the connection and of handlers. The
// client never logs payloads and secrets. It does log the texts of errors and
// panics of handlers: keep payloads and secrets out of them. A condition that
// lasts is logged when it begins and when it is over, with a count.
//
// The [slog.Handler] runs on goroutines that keep the client alive, so it must
// not wait for the client, such as for an acknowledged publish. Default, and
// for nil: [slog.Default].
func WithLogger(l *slog.Logger) ConnectOption {
	return connectOption(func(c *config) { c.log = l })
}

// WithTLS sets the TLS configuration of wss and tcps, such as client
// certificates or a private certificate authority. [Connect] clones t: a later
// change to it has no effect. Default: the authorities of the system and the
// host name of the URL.
func WithTLS(t *tls.Config) ConnectOption {
	return connectOption(func(c *config) { c.link.TLS = t.Clone() })
}

// WithHeader adds fields to the WebSocket upgrade request; other transports
// ignore them. [Connect] clones h: a later change to it has no effect. Default:
// none.
func WithHeader(h http.Header) ConnectOption {
	return connectOption(func(c *config) { c.link.Header = h.Clone() })
}

// WithHeaderFunc adds fields to the WebSocket upgrade request that f returns for
// each attempt, such as a token that expires. They replace those of
// [WithHeader]. f must honor its ctx, which ends with the attempt. If it returns
// an error the attempt fails with it, and the next one asks again. Default: none.
func WithHeaderFunc(f func(ctx context.Context) (http.Header, error)) ConnectOption {
	return connectOption(func(c *config) { c.link.HeaderFunc = f })
}

// WithCookieJar keeps the cookies of the WebSocket upgrade, for routers that
// authenticate by cookie. Default: none.
func WithCookieJar(j http.CookieJar) ConnectOption {
	return connectOption(func(c *config) { c.link.Jar = j })
}

// WithReadLimit sets the largest message that is accepted, in bytes: default 1
// MiB, at most 16 MiB; [Connect] refuses more. RawSocket rounds it up to a
// power of two. A larger message ends the session before it is read. If two
// sessions end over events of one subscription within an hour, the subscription
// ends, see [Subscription.Err].
func WithReadLimit(bytes int) ConnectOption {
	return connectOption(func(c *config) { c.link.ReadLimit = bytes })
}

// WithWriteLimit sets the largest message that is sent, in bytes; a larger one
// fails with [ErrTooLarge]. A peer whose own read limit is lower loses its
// session if it gets a larger message. Default, and for 0 or less: 16 MiB. A
// router over RawSocket may accept less.
func WithWriteLimit(bytes int) ConnectOption {
	return connectOption(func(c *config) { c.writeLimit = bytes })
}

// WithWriteTimeout sets how long a write may wait for the router to read. If it
// reads nothing for this long, the session is lost. A large message on a slow
// link may take longer while it makes progress. Default, and for 0 or less: 10
// s.
func WithWriteTimeout(d time.Duration) ConnectOption {
	return connectOption(func(c *config) { c.link.WriteTimeout = d })
}

// WithPing sets how often an idle connection is probed, and how long the answer
// may take before the session is lost. Defaults 15 s and 10 s; a negative
// interval disables probing. RawSocket connections are probed only with
// [WithRawSocketPing].
func WithPing(interval, timeout time.Duration) ConnectOption {
	return connectOption(func(c *config) { c.link.PingInterval, c.link.PongTimeout = interval, timeout })
}

// WithRawSocketPing probes RawSocket connections too. Default: off, because
// Crossbar.io mistakes a RawSocket PING for an oversized message.
func WithRawSocketPing() ConnectOption {
	return connectOption(func(c *config) { c.link.RawSocketPing = true })
}

// WithHandshakeTimeout bounds one attempt to open a session: dialing, TLS,
// upgrade, authentication and WELCOME together. Default, and for 0 or less: 10
// s.
func WithHandshakeTimeout(d time.Duration) ConnectOption {
	return connectOption(func(c *config) { c.handshake = d })
}

// WithBackoff sets how long the client waits between two attempts to get a
// session, before it repeats a restoration that the router refused, and before
// it repeats a call that failed with [ErrNetworkFailure]; [WithGrace] has
// pauses of its own. If a router answers with Retry-After, the client waits at
// least that long, up to an hour. Default: the zero [Backoff].
func WithBackoff(b Backoff) ConnectOption {
	return connectOption(func(c *config) { c.backoff = b })
}

// WithMaxElapsed ends the client, with its last failure, if an attempt fails
// and there has been no usable session for d. A session is usable as soon as
// operations may use it, even while registrations and subscriptions are still
// being restored. Default 0: only refusals end the client, see
// [WithRetryFatal].
func WithMaxElapsed(d time.Duration) ConnectOption {
	return connectOption(func(c *config) { c.maxElapsed = d })
}

// WithRetryFatal makes the client keep trying after refusals. A refusal is one
// of the realm or the login, or a WebSocket upgrade that is answered with 401,
// 403 or 404. Default: the client gives up when every URL has returned nothing
// but refusals for five minutes, or for one minute if it was never ready.
func WithRetryFatal() ConnectOption {
	return connectOption(func(c *config) { c.retryFatal = true })
}

// WithPublishBuffer keeps up to this many bytes of unacknowledged publishes
// while there is no session, and sends them in order on the next one. An
// acknowledged publish then waits for a session under its ctx. Default, and for
// 0 or less: a publish without a session fails with [ErrNotReady].
func WithPublishBuffer(bytes int) ConnectOption {
	return connectOption(func(c *config) { c.publishBuffer = bytes })
}

// WithErrorText sends the text of a handler's undeclared error to the caller.
// Default: the text is logged here and the caller gets wamp.error.runtime_error
// without it, since it may reveal what callers must not know.
func WithErrorText() ConnectOption {
	return connectOption(func(c *config) { c.errorText = true })
}

// WithValidateResults validates results and events that peers send; the input
// of a procedure is always validated. A call fails if its result has a value
// that the schema does not allow, such as an unknown value of a closed enum.
// Such an event is logged, counted by [Subscription.Failed] and not handled.
// Default: such values arrive as they are, since a peer may be newer than this
// program. Valid and Validate of the generated types find them.
func WithValidateResults() ConnectOption {
	return connectOption(func(c *config) { c.validate = true })
}

// WithInterceptors adds interceptors. The first one is outermost; all of them
// run inside those that were added before. Default: none.
func WithInterceptors(i ...Interceptor) ConnectOption {
	return connectOption(func(c *config) { c.interceptors = append(c.interceptors, i...) })
}

// WithLimits sets the bounds of the client. Default: the zero [Limits].
func WithLimits(l Limits) ConnectOption {
	return connectOption(func(c *config) { c.limits = l })
}

// WithDialer sets what opens connections, such as to an in-memory router. d
// must honor its ctx and may support other URL schemes. Default, and for nil:
// [transport.Net].
func WithDialer(d transport.Dialer) ConnectOption {
	return connectOption(func(c *config) { c.dialer = d })
}

// WithNetDial sets how the default dialer opens its sockets. dial must honor
// its ctx. It replaces the proxies of the environment. A proxy of [WithProxy]
// is still used, and dial opens the socket to it. Default: a [net.Dialer].
func WithNetDial(dial func(ctx context.Context, network, addr string) (net.Conn, error)) ConnectOption {
	return connectOption(func(c *config) { c.link.NetDial = dial })
}

// WithProxy sets the function that selects the proxy for a router, like Proxy
// of [http.Transport]. It gets a request with the URL of the router, whose
// scheme is then http or https, and returns the URL of the proxy, or nil for
// none. The scheme of a proxy is http or https, for a tunnel with CONNECT, or
// socks5. Default: [http.ProxyFromEnvironment] (HTTP_PROXY, HTTPS_PROXY,
// NO_PROXY) over WebSocket; RawSocket uses a proxy only with this option, and a
// unix socket never.
func WithProxy(proxy func(*http.Request) (*url.URL, error)) ConnectOption {
	return connectOption(func(c *config) { c.link.Proxy = proxy })
}
