package router

import (
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	nexus "github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/transport"
)

// Router is nexus, a WAMP router, in this process. It listens on free loopback ports,
// which do not change with [Router.Stop] and [Router.Start]. Safe for concurrent use.
//
// nexus v3.3.0 has a data race if several subscribers get one publication, two
// of them by pattern or two with disclosure. Run such tests with a [Process].
type Router struct {
	mu      sync.Mutex // held over a whole Start, Stop or Kill
	cfg     Config
	running *service // nil while stopped
	release func()   // of its ports
}

// service is one life of the router, from Start to Stop.
type service struct {
	nexus     nexus.Router
	listeners []*tracker
	web       *http.Server
	attached  sync.WaitGroup // every goroutine of the service
}

// New starts a router for a test and stops it when the test ends.
func New(tb testing.TB, cfg Config) *Router {
	tb.Helper()
	r, err := Start(cfg)
	if err != nil {
		tb.Fatalf("wamptest: start the router: %v", err)
	}
	tb.Cleanup(func() {
		r.Stop()
		r.release()
	})
	return r
}

// Start starts a router for a program. The caller ends it with [Router.Stop].
func Start(cfg Config) (*Router, error) {
	cfg, release, err := cfg.withDefaults().withPorts()
	if err != nil {
		return nil, err
	}
	r := &Router{cfg: cfg, release: release}
	if err := r.Start(); err != nil {
		release()
		return nil, err
	}
	return r, nil
}

// WebSocketURL returns the URL of the WebSocket transport, such as
// ws://127.0.0.1:40123/ws. It does not change with [Router.Stop] and
// [Router.Start].
func (r *Router) WebSocketURL() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cfg.scheme("ws") + r.cfg.WebSocketAddr + "/ws"
}

// RawSocketURL returns the URL of the RawSocket transport, such as
// tcp://127.0.0.1:40124. It does not change with [Router.Stop] and
// [Router.Start].
func (r *Router) RawSocketURL() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cfg.scheme("tcp") + r.cfg.RawSocketAddr
}

// UnixURL returns the URL of the Unix socket, or "" if [Config.UnixPath] is
// empty.
func (r *Router) UnixURL() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cfg.UnixPath == "" {
		return ""
	}
	return "unix://" + r.cfg.UnixPath
}

func (c Config) scheme(plain string) string {
	if c.TLS != nil {
		return plain + "s://"
	}
	return plain + "://"
}

// Connections returns how many transport connections are open.
func (r *Router) Connections() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	if r.running != nil {
		for _, l := range r.running.listeners {
			n += l.count()
		}
	}
	return n
}

// Start starts a stopped router on the same ports. The router has forgotten its
// earlier sessions. Start does nothing if the router runs.
func (r *Router) Start() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running != nil {
		return nil
	}
	routing, err := nexus.NewRouter(r.cfg.nexus(), r.cfg.Log)
	if err != nil {
		return err
	}
	s := &service{nexus: lastWord{routing}}
	if err := s.open(&r.cfg); err != nil {
		s.stop(false)
		return err
	}
	r.running = s
	return nil
}

// Stop sends GOODBYE to every session, closes every connection and stops
// listening. It does nothing if the router is stopped.
func (r *Router) Stop() { r.end(false) }

// Kill simulates a crash: it resets every connection without GOODBYE and stops
// listening. [Router.Start] works as after [Router.Stop].
func (r *Router) Kill() { r.end(true) }

func (r *Router) end(crash bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running != nil {
		r.running.stop(crash)
		r.running = nil
	}
}

// Drop resets every connection and continues to serve, like a failure of the
// network.
func (r *Router) Drop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running != nil {
		r.running.drop(true)
	}
}

// open binds the ports, notes in cfg what the system chose, and serves.
func (s *service) open(cfg *Config) error {
	web, err := s.listen(cfg, "tcp", cfg.WebSocketAddr)
	if err != nil {
		return err
	}
	raw, err := s.listen(cfg, "tcp", cfg.RawSocketAddr)
	if err != nil {
		return err
	}
	if cfg.UnixPath != "" {
		unix, err := listen("unix", cfg.UnixPath)
		if err != nil {
			return err
		}
		s.listeners = append(s.listeners, unix)
		s.serveRaw(cfg, unix)
	}
	cfg.WebSocketAddr, cfg.RawSocketAddr = web.Addr().String(), raw.Addr().String()
	s.serveWeb(cfg, web)
	s.serveRaw(cfg, raw)
	return nil
}

// listen binds one address and puts TLS above it if wanted. The tracker stays
// below TLS, so that a drop does not wait for a TLS farewell.
func (s *service) listen(cfg *Config, network, addr string) (net.Listener, error) {
	t, err := listen(network, addr)
	if err != nil {
		return nil, err
	}
	s.listeners = append(s.listeners, t)
	if cfg.TLS != nil {
		return tls.NewListener(t, cfg.TLS), nil
	}
	return t, nil
}

// serveWeb serves WebSocket under the path /ws.
func (s *service) serveWeb(cfg *Config, l net.Listener) {
	ws := nexus.NewWebsocketServer(s.nexus)
	ws.OutQueueSize = cfg.QueueSize
	ws.KeepAlive = cfg.KeepAlive
	ws.EnableTrackingCookie = cfg.Cookies
	mux := http.NewServeMux()
	mux.Handle("/ws", ws)
	// What net/http logs would go to standard error.
	s.web = &http.Server{Handler: mux, ReadHeaderTimeout: authTimeout, ErrorLog: log.New(cfg.Log.Writer(), "", 0)}
	s.attached.Go(func() { _ = s.web.Serve(l) })
}

// serveRaw serves RawSocket.
func (s *service) serveRaw(cfg *Config, l net.Listener) {
	s.attached.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.attached.Go(func() { s.attach(cfg, conn) })
		}
	})
}

// attach runs the handshake of a RawSocket connection and gives it to nexus.
func (s *service) attach(cfg *Config, conn net.Conn) {
	peer, err := transport.AcceptRawSocket(conn, cfg.Log, cfg.ReadLimit, cfg.QueueSize)
	if err != nil {
		cfg.Log.Printf("RawSocket: %v", err)
		return
	}
	if err := s.nexus.Attach(peer); err != nil {
		cfg.Log.Printf("attach: %v", err)
	}
}

// stop ends this life of the router. When it returns, the ports are free and
// no goroutine that it started is left.
func (s *service) stop(crash bool) {
	for _, l := range s.listeners {
		_ = l.Close()
	}
	if crash {
		s.drop(true)
	}
	closed := make(chan struct{})
	s.attached.Go(func() {
		s.nexus.Close()
		close(closed)
	})
	// nexus waits for clients that do not read; they get a moment and no more.
	const patience = time.Second
	select {
	case <-closed:
	case <-time.After(patience):
	}
	s.drop(false)
	if s.web != nil {
		_ = s.web.Close() // only to end what has not become a WebSocket
	}
	s.attached.Wait()
}

func (s *service) drop(reset bool) {
	for _, l := range s.listeners {
		l.drop(reset)
	}
}
