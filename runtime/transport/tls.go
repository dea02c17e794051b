package transport

import (
	"crypto/tls"
	"slices"
)

// tlsConfig is the user's configuration made safe for one connection to host.
func tlsConfig(user *tls.Config, host string, websocket bool) *tls.Config {
	c := &tls.Config{}
	if user != nil {
		c = user.Clone()
	}
	if c.ServerName == "" {
		c.ServerName = host
	}
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS12
	}
	if websocket {
		// A configuration shared with net/http may ask for HTTP/2, which has no
		// upgrade.
		c.NextProtos = slices.DeleteFunc(slices.Clone(c.NextProtos), func(p string) bool { return p == "h2" })
	}
	return c
}
