package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"golang.org/x/net/proxy"
)

// ErrProxy means that the proxy did not open a connection to the router. The
// text of the error contains the answer of the proxy.
var ErrProxy = errors.New("the proxy did not open a connection to the router")

// tunnel is a connection through a proxy. Who is at the other end is not known.
type tunnel struct{ net.Conn }

// RemoteAddr returns nil.
func (tunnel) RemoteAddr() net.Addr { return nil }

// dial opens the socket for t, through a proxy if there is one.
func (o Options) dial(ctx context.Context, t target) (net.Conn, error) {
	via, err := o.proxyOf(t)
	if err != nil {
		return nil, err
	}
	if via == nil {
		return o.NetDial(ctx, t.network, t.addr)
	}
	conn, err := o.dialVia(ctx, via, t.addr)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrProxy, redact(via), err)
	}
	return tunnel{conn}, nil
}

// proxyOf returns the proxy for t, nil for none.
func (o Options) proxyOf(t target) (*url.URL, error) {
	choose := o.Proxy
	switch {
	case t.network == "unix":
		return nil, nil
	case choose != nil:
	case t.websocket && o.ownDialer:
		choose = http.ProxyFromEnvironment
	default:
		return nil, nil
	}
	u := &url.URL{Scheme: "http", Host: t.addr, Path: t.url.Path}
	if t.secure {
		u.Scheme = "https"
	}
	via, err := choose(&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{}})
	if err != nil {
		return nil, fmt.Errorf("%w: its URL is not valid (not shown, it may contain credentials)", ErrProxy)
	}
	return via, nil
}

// proxyPorts are the ports of proxies whose URL has none.
var proxyPorts = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}

// dialVia opens a connection to addr through a proxy.
func (o Options) dialVia(ctx context.Context, via *url.URL, addr string) (net.Conn, error) {
	port, known := proxyPorts[via.Scheme]
	if !known {
		return nil, errors.New("scheme of the proxy must be http, https, socks5 or socks5h")
	}
	if p := via.Port(); p != "" {
		port = p
	}
	at := net.JoinHostPort(via.Hostname(), port)
	if via.Scheme == "socks5" || via.Scheme == "socks5h" {
		return o.dialSOCKS(ctx, via, at, addr)
	}
	conn, err := o.NetDial(ctx, "tcp", at)
	if err != nil {
		return nil, err
	}
	if via.Scheme == "https" {
		secure := &tls.Config{ServerName: via.Hostname(), MinVersion: tls.VersionTLS12}
		if o.TLS != nil {
			secure.RootCAs = o.TLS.RootCAs // the rest of it is for the router
		}
		c := tls.Client(conn, secure)
		if err := c.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		conn = c
	}
	return conn, bounded(ctx, conn, func() error { return connect(conn, via.User, addr) })
}

// forward opens the connection to a SOCKS proxy.
type forward func(ctx context.Context, network, addr string) (net.Conn, error)

// Dial implements proxy.Dialer.
func (f forward) Dial(network, addr string) (net.Conn, error) {
	return f(context.Background(), network, addr)
}

// DialContext implements proxy.ContextDialer.
func (f forward) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	return f(ctx, network, addr)
}

func (o Options) dialSOCKS(ctx context.Context, via *url.URL, at, addr string) (net.Conn, error) {
	var login *proxy.Auth
	if via.User != nil {
		password, _ := via.User.Password()
		login = &proxy.Auth{User: via.User.Username(), Password: password}
	}
	d, err := proxy.SOCKS5("tcp", at, login, forward(o.NetDial))
	if err != nil {
		return nil, err
	}
	return d.(proxy.ContextDialer).DialContext(ctx, "tcp", addr)
}

// maxConnectAnswer bounds the answer of a proxy to CONNECT, in bytes.
const maxConnectAnswer = 64 << 10

// connect asks an HTTP proxy for a tunnel to addr (RFC 9110 section 9.3.6).
func connect(conn net.Conn, user *url.Userinfo, addr string) error {
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	req.Header.Set("User-Agent", "") // none
	if user != nil {
		password, _ := user.Password()
		login := base64.StdEncoding.EncodeToString([]byte(user.Username() + ":" + password))
		req.Header.Set("Proxy-Authorization", "Basic "+login)
	}
	if err := req.Write(conn); err != nil {
		return err
	}
	r := bufio.NewReader(io.LimitReader(conn, maxConnectAnswer))
	resp, err := http.ReadResponse(r, req)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("it answered CONNECT with %s", clean(resp.Status))
	}
	if r.Buffered() > 0 {
		return errors.New("it sent more than its answer to CONNECT")
	}
	return nil
}
