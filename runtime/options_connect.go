package wamp

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

// Limits bound what a client holds for its peers and its own callers. A field of
// zero or less means its default.
type Limits struct {
	// QueueFrames and QueueBytes bound what waits to be written; callers wait
	// for room under their ctx. Defaults 1 024 and 4 MiB.
	QueueFrames, QueueBytes int
	// MailboxEvents and MailboxBytes bound the events that wait for the handler
	// of one subscription, in events and bytes of frames. Defaults 1 024 and 4 MiB.
	MailboxEvents, MailboxBytes int
	// InboundBytes bounds the frames of all events and invocations together, from
	// their arrival until the handler returns; while it runs, as much again counts
	// for what was decoded. What runs leaves half of it to what waits. Beyond it
	// the subscription or lane for which most waits has to make room: events are
	// dropped by its [OverflowPolicy], invocations are answered with
	// wamp.error.unavailable. Where nothing waits there is always room for one.
	// Default 32 MiB.
	InboundBytes int
	// Workers is how many invocations run at a time and Waiting how many wait
	// behind them; beyond, the answer is wamp.error.unavailable. Defaults 256 and
	// 1 024. [WithConcurrency] sets the workers of one procedure. A handler that waits
	// in a call made with its own ctx, or one derived from it, holds no worker. It
	// goes on when one is free, before invocations that have not begun, or at
	// once when the ctx of the call has ended.
	Workers, Waiting int
	// Pending is how many calls and acknowledged publishes may wait for a reply,
	// and how many handlers may wait in calls; beyond, they fail with ErrOverflow.
	// Registrations and subscriptions take no part in it. Default 65 536.
	Pending int
	// PayloadMemory bounds what decoding one payload makes, in bytes; it is never
	// less than 16 times what the payload has. Beyond, the message fails with a
	// *ValueError. Default 64 MiB.
	PayloadMemory int
	// Memory bounds that of all payloads together until their handlers return, in
	// bytes. Default 256 MiB.
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

// WithURLs adds more routers of the same realm to the URL given to Connect. They
// are tried in turn, without a pause between them, in an order that is random for
// each client. After a session that lasted less than 30 s the next one is tried
// first, otherwise the one that was left.
func WithURLs(urls ...string) ConnectOption {
	return connectOption(func(c *config) { c.urls = append(c.urls, urls...) })
}

// WithAuth sets the authentication methods in order of preference. The router
// picks one. Default: anonymous.
//
// A login that the router refuses is ErrAuthenticationFailed, or ErrNoSuchRealm.
// After the answer to a challenge that is an ABORT with any reason, unless the
// reason is known to pass. One that the client refuses is an *auth.Error: a router
// that lets it in without a challenge, asks for less than was configured, or cannot
// prove itself. Refusals end the client in the end, see [WithRetryFatal]; methods or
// credentials that no router could accept make Connect fail at once.
func WithAuth(methods ...auth.Method) ConnectOption {
	return connectOption(func(c *config) { c.methods = slices.Clone(methods) })
}

// WithAuthPolicy sets what the client accepts of a router beyond its methods.
// Default: the zero Policy, which accepts no shortcut.
func WithAuthPolicy(p auth.Policy) ConnectOption {
	return connectOption(func(c *config) { c.policy = p })
}

// WithPlaintextSecrets permits methods that send their secret itself (ticket, cookie)
// over an unencrypted connection to another host. Default: Connect refuses a ws
// or tcp URL whose host is neither localhost nor a loopback address, before
// anything is dialed. Other methods keep their secret to themselves: they are
// warned of in the log.
func WithPlaintextSecrets() ConnectOption {
	return connectOption(func(c *config) { c.plaintext = true })
}

// WithSerializers sets the formats in order of preference (specification
// "Serializers"); Connect refuses one that is unknown. Over WebSocket all of them
// are offered at once and the router picks. Default: CBOR and MessagePack, and JSON
// only where the router takes neither, because some routers would pick JSON and
// turn bytes into text there. Status says what a session uses.
func WithSerializers(formats ...codec.Format) ConnectOption {
	return connectOption(func(c *config) { c.link.Formats = slices.Clone(formats) })
}

// WithLogger sets where the client logs what happens to its connection and its
// handlers. Payloads and secrets are never logged, but the texts of errors and panics
// of handlers are: keep both out of those. What lasts is logged once when it
// begins and once when it is over, with how often it happened. The slog.Handler is
// called by the goroutines that keep the client alive, so it must not wait for the
// client, such as for an acknowledged publish. Default, and for nil: slog.Default.
func WithLogger(l *slog.Logger) ConnectOption {
	return connectOption(func(c *config) { c.log = l })
}

// WithTLS sets the TLS configuration of wss and tcps, as for client
// certificates or an own certificate authority. Connect clones it: what is set in t
// later changes nothing. Default: the system's authorities, the host name of the URL.
func WithTLS(t *tls.Config) ConnectOption {
	return connectOption(func(c *config) { c.link.TLS = t.Clone() })
}

// WithHeader adds fields to the WebSocket upgrade request; other transports have
// none. Connect clones it: what is set in h later changes nothing. Default: none.
func WithHeader(h http.Header) ConnectOption {
	return connectOption(func(c *config) { c.link.Header = h.Clone() })
}

// WithCookieJar keeps the cookies of the WebSocket upgrade, for routers that
// authenticate by cookie. Default: none.
func WithCookieJar(j http.CookieJar) ConnectOption {
	return connectOption(func(c *config) { c.link.Jar = j })
}

// WithReadLimit sets the largest message that is accepted, in bytes: default
// 1 MiB, at most 16 MiB; Connect refuses more. RawSocket rounds it up to a power
// of two. A larger message ends the session before it is read; a subscription that
// brings one each time it is restored is then left out, see Subscription.Err.
func WithReadLimit(bytes int) ConnectOption {
	return connectOption(func(c *config) { c.link.ReadLimit = bytes })
}

// WithWriteLimit sets the largest message that is sent, in bytes; a larger one fails
// with ErrTooLarge. A peer that reads less than that loses its session over it.
// Default, and for 0 or less: 16 MiB. A router over RawSocket may take less.
func WithWriteLimit(bytes int) ConnectOption {
	return connectOption(func(c *config) { c.writeLimit = bytes })
}

// WithWriteTimeout sets how long the router may take nothing of what is written
// to it before the session is lost. A large message on a slow link may take longer
// as long as it makes progress. Default, and for 0 or less: 10 s.
func WithWriteTimeout(d time.Duration) ConnectOption {
	return connectOption(func(c *config) { c.link.WriteTimeout = d })
}

// WithPing sets how often an idle connection is probed, and how long the
// answer may take before the session is lost. Defaults 15 s and 10 s; a
// negative interval switches it off. RawSocket connections are probed only with
// WithRawSocketPing.
func WithPing(interval, timeout time.Duration) ConnectOption {
	return connectOption(func(c *config) { c.link.PingInterval, c.link.PongTimeout = interval, timeout })
}

// WithRawSocketPing probes RawSocket connections too. Off by default, because
// Crossbar.io takes a RawSocket PING for an oversized message.
func WithRawSocketPing() ConnectOption {
	return connectOption(func(c *config) { c.link.RawSocketPing = true })
}

// WithHandshakeTimeout bounds one attempt to open a session: dialing, TLS, upgrade,
// authentication and WELCOME together. Default, and for 0 or less: 10 s.
func WithHandshakeTimeout(d time.Duration) ConnectOption {
	return connectOption(func(c *config) { c.handshake = d })
}

// WithBackoff sets how long the client waits between two attempts to get a
// session, and before it repeats a call or a restoration. A router that answers
// with Retry-After is not asked again before that, or an hour. Default: the zero
// Backoff.
func WithBackoff(b Backoff) ConnectOption {
	return connectOption(func(c *config) { c.backoff = b })
}

// WithMaxElapsed ends the client, with its last failure, when an attempt fails and
// there has been no session to use for so long. A session counts as soon as
// operations may use it, also while registrations and subscriptions are still being
// restored. Default 0: only refusals end the client, see [WithRetryFatal].
func WithMaxElapsed(d time.Duration) ConnectOption {
	return connectOption(func(c *config) { c.maxElapsed = d })
}

// WithRetryFatal keeps trying for ever after refusals: of the realm or the login, or a
// WebSocket upgrade that is answered with 401, 403 or 404. Default: a client gives
// up after nothing but refusals from every URL, for a minute if it was never ready,
// otherwise for five.
func WithRetryFatal() ConnectOption {
	return connectOption(func(c *config) { c.retryFatal = true })
}

// WithFailFast makes a call, or all calls of a client, fail with [ErrNotReady]
// while there is no session. Default: calls wait under their ctx.
func WithFailFast() ConnectCallOption { return failFastOption{} }

// WithPublishBuffer keeps up to so many bytes of unacknowledged publishes while
// there is no session and sends them in order afterwards; acknowledged ones
// then wait under their ctx. Default, and for 0 or less: a publish without a
// session fails with ErrNotReady.
func WithPublishBuffer(bytes int) ConnectOption {
	return connectOption(func(c *config) { c.publishBuffer = bytes })
}

// WithErrorText sends the text of a handler's undeclared error to the caller.
// Default: it is logged here and the caller learns only
// wamp.error.runtime_error, since the text may tell what it should not.
func WithErrorText() ConnectOption {
	return connectOption(func(c *config) { c.errorText = true })
}

// WithValidateResults validates results and events that peers send, as the input of
// a procedure always is. A result with a value that its
// schema does not allow, such as an unknown value of a closed enum, fails its call;
// such an event is logged and counted by [Subscription.Failed] and its handler does
// not run. Default: such values arrive as they are, since a peer may be newer than
// this program, and Valid or Validate of the generated types finds them.
func WithValidateResults() ConnectOption {
	return connectOption(func(c *config) { c.validate = true })
}

// WithInterceptors adds interceptors, the first one outermost, inside those that
// were added before. Default: none.
func WithInterceptors(i ...Interceptor) ConnectOption {
	return connectOption(func(c *config) { c.interceptors = append(c.interceptors, i...) })
}

// WithLimits sets the bounds of the client. Default: see Limits.
func WithLimits(l Limits) ConnectOption {
	return connectOption(func(c *config) { c.limits = l })
}

// WithDialer replaces what opens connections, as for an in-memory router. It must
// honour its ctx, and may know other URL schemes. Default, and for nil:
// transport.Net.
func WithDialer(d transport.Dialer) ConnectOption {
	return connectOption(func(c *config) { c.dialer = d })
}

// WithNetDial replaces how the default dialer opens its sockets, as for a
// proxy. It must honour its ctx. Default: net.Dialer.
func WithNetDial(dial func(ctx context.Context, network, addr string) (net.Conn, error)) ConnectOption {
	return connectOption(func(c *config) { c.link.NetDial = dial })
}
