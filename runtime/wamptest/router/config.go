package router

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"time"

	nexus "github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/wamp"

	"github.com/wampgen/wampgen/runtime/internal/ports"
)

// Config configures a [Router] or a [Process]. The zero value is a router with
// the realm "realm1", open to anonymous clients.
type Config struct {
	// Realms are the realms that exist. Default: "realm1".
	Realms []string
	// Tickets are users that log in by ticket: the key is the authid, the value
	// the ticket. They exist in every realm, with the role "user".
	Tickets map[string]string
	// Users are users of all methods. They exist in every realm.
	Users []User
	// NoAnonymous refuses clients that offer no method other than anonymous.
	NoAnonymous bool
	// History are the topics whose events the router keeps for
	// wamp.subscription.get_events.
	History []History
	// QueueSize is how many messages may wait for one client; nexus drops further
	// ones. Default: 16384.
	QueueSize int
	// ReadLimit is the largest message in bytes that RawSocket clients may send,
	// rounded up to a power of two. Default: 16 MiB.
	ReadLimit int
	// KeepAlive is the interval of the router's own WebSocket pings. Default:
	// none.
	KeepAlive time.Duration
	// Cookies makes the router set a tracking cookie for every WebSocket client.
	Cookies bool
	// TLS, if not nil, enables TLS on both transports; the URLs become wss and
	// tcps. See [github.com/wampgen/wampgen/runtime/wamptest.NewTLS].
	TLS *tls.Config `json:"-"`
	// UnixPath, if not empty, is the path of a Unix socket that serves RawSocket
	// in addition.
	UnixPath string
	// WebSocketAddr and RawSocketAddr are host:port to listen on. Default: a free
	// loopback port, which no other router gets while this one is stopped.
	WebSocketAddr, RawSocketAddr string
	// Log is the logger of nexus. Default: nexus does not log.
	Log *log.Logger `json:"-"`
	// Nexus, if not nil, may change the configuration of nexus at every Start.
	Nexus func(*nexus.Config) `json:"-"`
}

// History is a topic with event history. nexus forgets the events when the
// last subscriber leaves.
type History struct {
	// Topic is the URI or the pattern.
	Topic string
	// Match is "exact", "prefix" or "wildcard". Default: "exact".
	Match string
	// Limit is how many events are kept. Default: 1000.
	Limit int
}

// withDefaults returns c with every default filled in.
func (c Config) withDefaults() Config {
	if len(c.Realms) == 0 {
		c.Realms = []string{"realm1"}
	}
	if c.QueueSize == 0 {
		c.QueueSize = 16384
	}
	if c.Log == nil {
		c.Log = log.New(io.Discard, "", 0) // nil would make nexus write to stdout
	}
	return c
}

// withPorts returns c with ports where it names none, which nobody else gets while
// the router is stopped: until release is called, or nothing refers to it any more.
func (c Config) withPorts() (_ Config, release func(), err error) {
	var missing []*string
	for _, addr := range []*string{&c.WebSocketAddr, &c.RawSocketAddr} {
		if *addr == "" {
			missing = append(missing, addr)
		}
	}
	own, release, err := ports.Reserve(len(missing))
	if err != nil {
		return c, nil, fmt.Errorf("wamptest: %w", err)
	}
	for i, addr := range missing {
		*addr = "127.0.0.1:" + own[i]
	}
	return c, release, nil
}

// nexus translates c into the configuration of nexus.
func (c Config) nexus() *nexus.Config {
	users := newDirectory(c)
	cfg := &nexus.Config{}
	for _, realm := range c.Realms {
		cfg.RealmConfigs = append(cfg.RealmConfigs, &nexus.RealmConfig{
			URI:                      wamp.URI(realm),
			AnonymousAuth:            !c.NoAnonymous,
			AllowDisclose:            true,
			EnableMetaKill:           true,
			Authenticators:           users.authenticators(),
			TopicEventHistoryConfigs: c.histories(),
		})
	}
	if c.Nexus != nil {
		c.Nexus(cfg)
	}
	return cfg
}

// histories translates the topics with event history.
func (c Config) histories() []*nexus.TopicEventHistoryConfig {
	var list []*nexus.TopicEventHistoryConfig
	for _, h := range c.History {
		if h.Match == "" {
			h.Match = "exact"
		}
		if h.Limit == 0 {
			h.Limit = 1000
		}
		list = append(list, &nexus.TopicEventHistoryConfig{
			Topic: wamp.URI(h.Topic), MatchPolicy: h.Match, Limit: h.Limit,
		})
	}
	return list
}

// authTimeout is how long the router waits for AUTHENTICATE.
const authTimeout = 20 * time.Second
