package transport_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

// proxyServer is an HTTP proxy that leads everywhere to one address and notes
// what it was asked for.
type proxyServer struct {
	to     string
	status int // instead of 200; 0 for that

	mu    sync.Mutex
	asked []string
}

func (p *proxyServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.Host+" "+r.Header.Get("Proxy-Authorization"))
	p.mu.Unlock()
	if p.status != 0 {
		w.WriteHeader(p.status)
		return
	}
	p.tunnel(w)
}

func (p *proxyServer) tunnel(w http.ResponseWriter) {
	to, err := net.Dial("tcp", p.to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer to.Close()
	conn, r, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	fmt.Fprint(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	splice(conn, r, to)
}

// splice carries bytes both ways until one side has ended.
func splice(conn net.Conn, r io.Reader, to net.Conn) {
	defer conn.Close()
	go func() {
		defer to.Close()
		_, _ = io.Copy(to, r)
	}()
	_, _ = io.Copy(conn, to)
}

func (p *proxyServer) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// routerBehindProxy answers the RawSocket handshake of CBOR.
func routerBehindProxy(t *testing.T) string {
	return serve(t, func(c net.Conn) {
		if _, err := io.ReadFull(c, make([]byte, 4)); err == nil {
			_, _ = c.Write([]byte{0x7f, 0xf3, 0, 0})
			_, _ = c.Read(make([]byte, 1))
		}
	})
}

// through makes Options with a fixed proxy.
func through(u string, user *url.Userinfo) transport.Options {
	via, err := url.Parse(u)
	if err != nil {
		panic(err)
	}
	via.User = user
	return transport.Options{Formats: []codec.Format{codec.CBOR}, Proxy: http.ProxyURL(via)}
}

// A connection through a proxy is asked for with CONNECT, also for RawSocket where
// the user says so, with the login of the proxy's URL. What is at its end does not
// count as local.
func TestProxy_Connect(t *testing.T) {
	p := &proxyServer{to: routerBehindProxy(t)}
	plain, secure := httptest.NewServer(p), httptest.NewTLSServer(p)
	defer plain.Close()
	defer secure.Close()
	overTLS := through(secure.URL, nil)
	overTLS.TLS = secure.Client().Transport.(*http.Transport).TLSClientConfig
	for _, o := range []transport.Options{through(plain.URL, url.UserPassword("ann", "pa:ss")), overTLS} {
		if l := dial(t, "tcp://router.example:8080", o); l.Local || l.Format != codec.CBOR {
			t.Errorf("link %+v", l)
		}
	}
	want := []string{"CONNECT router.example:8080 Basic YW5uOnBhOnNz", "CONNECT router.example:8080 "}
	if got := p.requests(); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("asked for %q, want %q", got, want)
	}
}

// SOCKS is spoken with and without a login (RFC 1928, RFC 1929).
func TestProxy_SOCKS(t *testing.T) {
	router := routerBehindProxy(t)
	asked := make(chan string, 1)
	socks := serve(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		head := make([]byte, 2)
		_, _ = io.ReadFull(r, head)
		_, _ = io.ReadFull(r, make([]byte, head[1]))
		_, _ = c.Write([]byte{5, 0})
		request := make([]byte, 5)
		_, _ = io.ReadFull(r, request)
		host := make([]byte, request[4])
		_, _ = io.ReadFull(r, host)
		_, _ = io.ReadFull(r, make([]byte, 2))
		asked <- string(host)
		to, err := net.Dial("tcp", router)
		if err != nil {
			return
		}
		defer to.Close()
		_, _ = c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		splice(c, r, to)
	})
	for _, user := range []*url.Userinfo{nil, url.UserPassword("ann", "secret")} {
		dial(t, "tcp://router.example:8080", through("socks5://"+socks, user))
		if host := <-asked; host != "router.example" {
			t.Errorf("asked for %s", host)
		}
	}
}

// What a proxy refuses is its own failure, not the router's, and shows no secret.
func TestProxy_Refused(t *testing.T) {
	p := &proxyServer{status: http.StatusForbidden}
	server := httptest.NewServer(p)
	defer server.Close()
	chatty := serve(t, func(c net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\n\r\nwelcome")
	})
	endless := serve(t, func(c net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\nX: ", strings.Repeat("x", 1<<17))
	})
	noSOCKS := serve(t, func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 400 Bad Request\r\n\r\n") })
	silent := serve(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	for name, c := range map[string]struct{ proxy, text string }{
		"status":      {server.URL, "403 Forbidden"},
		"scheme":      {"ftp://proxy.example", "scheme of the proxy"},
		"too much":    {"http://" + chatty, "more than its answer"},
		"endless":     {"http://" + endless, "EOF"},
		"nobody":      {"http://127.0.0.1:1", "refused"},
		"SOCKS error": {"socks5://" + noSOCKS, ""},
	} {
		h := dialFails(t, "ws://router.example/ws", through(c.proxy, url.UserPassword("ann", "SECRET")))
		if !errors.Is(h, transport.ErrProxy) || h.Code != 0 || !strings.Contains(h.Error(), c.text) || strings.Contains(h.Error(), "SECRET") {
			t.Errorf("%s: got %v", name, h)
		}
	}
	bad := transport.Options{Proxy: func(*http.Request) (*url.URL, error) { return nil, errors.New("http://ann:SECRET@ is not valid") }}
	if h := dialFails(t, "ws://router.example/ws", bad); !errors.Is(h, transport.ErrProxy) || strings.Contains(h.Error(), "SECRET") {
		t.Errorf("got %v", h)
	}
	ctx, cancel := context.WithCancel(t.Context())
	o := through("http://"+silent, nil)
	o.NetDial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		cancel()
		return c, err
	}
	if _, err := (transport.Net{}).Dial(ctx, "tcp://router.example:80", o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// The proxies of the environment are those of net/http: for WebSocket, unless
// NO_PROXY names the host, it is this machine, or the sockets are the user's.
// net/http reads the environment once, so this runs in a process of its own.
func TestProxy_Environment(t *testing.T) {
	if via := os.Getenv("TEST_PROXY_CHILD"); via != "" {
		environment(t)
		return
	}
	p := &proxyServer{status: http.StatusTeapot}
	server := httptest.NewServer(p)
	defer server.Close()
	child := exec.Command(os.Args[0], "-test.run=^TestProxy_Environment$")
	child.Env = append(os.Environ(), "TEST_PROXY_CHILD=1", "HTTP_PROXY="+server.URL, "HTTPS_PROXY="+server.URL, "NO_PROXY=.internal")
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := "CONNECT router.example:80 |CONNECT router.example:443 "
	if got := strings.Join(p.requests(), "|"); got != want {
		t.Errorf("asked for %q, want %q", got, want)
	}
}

func environment(t *testing.T) {
	o := transport.Options{Formats: []codec.Format{codec.CBOR}}
	for _, router := range []string{"ws://router.example/ws", "wss://router.example/ws"} {
		if h := dialFails(t, router, o); !errors.Is(h, transport.ErrProxy) {
			t.Errorf("%s: %v", router, h)
		}
	}
	for _, router := range []string{"ws://127.0.0.1:1/ws", "ws://localhost:1/ws", "tcp://127.0.0.1:1"} {
		if h := dialFails(t, router, o); errors.Is(h, transport.ErrProxy) {
			t.Errorf("%s: %v", router, h)
		}
	}
	var addrs []string
	own := o
	own.NetDial = func(_ context.Context, _, addr string) (net.Conn, error) {
		addrs = append(addrs, addr)
		return nil, errors.New("no network")
	}
	dialFails(t, "ws://router.example/ws", own)
	dialFails(t, "tcp://router.example:8000", own)
	if got := strings.Join(addrs, " "); got != "router.example:80 router.example:8000" {
		t.Errorf("dialed %s", got)
	}
}

// HeaderFunc is asked for each Dial; its fields replace those that are fixed.
func TestUpgrade_HeaderFunc(t *testing.T) {
	heads := make(chan http.Header, 4)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heads <- r.Header
		w.WriteHeader(http.StatusTeapot)
	}))
	defer server.Close()
	n := 0
	var fault error
	o := transport.Options{
		Formats: []codec.Format{codec.CBOR}, Header: http.Header{"Authorization": {"fixed"}, "X-Own": {"kept"}},
		HeaderFunc: func(ctx context.Context) (http.Header, error) {
			n++
			return http.Header{"authorization": {fmt.Sprint("token ", n)}}, fault
		},
	}
	at := strings.Replace(server.URL, "http", "ws", 1) + "/ws"
	for i := 1; i <= 2; i++ {
		dialFails(t, at, o)
		if h := <-heads; h.Get("Authorization") != fmt.Sprint("token ", i) || h.Get("X-Own") != "kept" {
			t.Errorf("sent %v", h)
		}
	}
	if o.Header.Get("Authorization") != "fixed" {
		t.Errorf("the user's header became %v", o.Header)
	}
	fault = errors.New("no token today")
	if h := dialFails(t, at, o); !errors.Is(h, fault) {
		t.Errorf("got %v", h)
	}
	o.HeaderFunc = func(context.Context) (http.Header, error) { return http.Header{"Upgrade": {"x"}}, nil }
	if h := dialFails(t, at, o); !strings.Contains(h.Error(), "Upgrade") {
		t.Errorf("got %v", h)
	}
}
