package transport

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// target is a router URL taken apart.
type target struct {
	url       *url.URL
	shown     string // the URL for people: no user information, no query
	websocket bool
	secure    bool
	network   string // for the dialer: tcp or unix
	addr      string // host:port or a path
	host      string // for the certificate
}

// parseTarget never quotes the URL before it is taken apart, nor the parser's
// complaint: a misplaced password turns up in both.
func parseTarget(rawURL string) (target, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return target{}, errors.New("wamp: router URL does not parse (not shown, it may contain credentials)")
	}
	t := target{url: u, shown: redact(u), network: "tcp", host: u.Hostname()}
	port := ""
	switch u.Scheme {
	case "ws":
		t.websocket, port = true, "80"
	case "wss":
		t.websocket, t.secure, port = true, true, "443"
	case "tcp", "rs":
	case "tcps", "rss":
		t.secure = true
	case "unix":
		t.network, t.addr = "unix", u.Path
	default:
		return target{}, errors.New("wamp: scheme of the router URL must be ws, wss, tcp (or rs), tcps (or rss) or unix")
	}
	if u.User != nil {
		return target{}, fmt.Errorf("wamp: router URL %s must not contain a user name or password: use the authentication options", t.shown)
	}
	if t.network == "unix" {
		if u.Host != "" || u.Path == "" {
			return target{}, fmt.Errorf("wamp: router URL %s must have the form unix:///path", t.shown)
		}
		return t, nil
	}
	if p := u.Port(); p != "" {
		port = p
	}
	if t.host == "" || port == "" {
		return target{}, fmt.Errorf("wamp: router URL %s must have the form %s://host:port", t.shown, u.Scheme)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return target{}, fmt.Errorf("wamp: port of router URL %s must be 1 to 65535", t.shown)
	}
	t.addr = net.JoinHostPort(t.host, port)
	return t, nil
}

// redact leaves of a URL what may be shown. An @ in the path hints at a
// password that had a slash in it.
func redact(u *url.URL) string {
	path := u.Path
	if strings.Contains(path, "@") {
		path = "/..."
	}
	return clean((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}).String())
}

// local reports whether bytes for t stay on this machine when they travel over
// c. A loopback address alone does not show it where the user dials: it may be
// a proxy.
func (t target) local(c net.Conn, ownDialer bool) bool {
	switch addr := c.RemoteAddr().(type) {
	case *net.TCPAddr:
		return addr.IP.IsLoopback() && (ownDialer || loopbackName(t.host))
	case nil:
		return false
	default:
		return addr.Network() == "unix" && t.network == "unix" || addr.Network() == "pipe"
	}
}

func loopbackName(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// Check returns an error if [Net] cannot dial rawURL. shown is the URL without
// user information and query, which may contain secrets; it is empty if err is
// not nil.
func Check(rawURL string) (shown string, err error) {
	t, err := parseTarget(rawURL)
	return t.shown, err
}

// Exposed reports whether rawURL is of the scheme ws or tcp and its host is
// neither localhost nor a loopback address, so that what is sent leaves this
// machine unencrypted. It reports false for a URL that [Check] refuses.
func Exposed(rawURL string) bool {
	t, err := parseTarget(rawURL)
	return err == nil && !t.secure && t.network != "unix" && !loopbackName(t.host)
}
