package transport

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// Check returns an error if o is invalid: every Dial with it would fail.
func (o Options) Check() error {
	_, err := o.withDefaults()
	return err
}

// defaultFormats are the binary ones, and JSON for routers that know neither.
var defaultFormats = []codec.Format{codec.CBOR, codec.MessagePack, codec.JSON}

// withDefaults fills in what is unset and refuses what makes no sense.
func (o Options) withDefaults() (Options, error) {
	if len(o.Formats) == 0 {
		o.Formats, o.ownFormats = defaultFormats, true
	}
	for _, f := range o.Formats {
		if f < codec.JSON || f > codec.CBOR {
			return o, fmt.Errorf("wamp: serializer must be 1 (JSON), 2 (MessagePack) or 3 (CBOR), not %d", uint8(f))
		}
	}
	if o.ReadLimit == 0 {
		o.ReadLimit = DefaultReadLimit
	}
	if o.ReadLimit < 0 || o.ReadLimit > MaxReadLimit {
		return o, fmt.Errorf("wamp: read limit must be 1 to %[2]d bytes, not %[1]d", o.ReadLimit, MaxReadLimit)
	}
	if err := checkHeader(o.Header); err != nil {
		return o, err
	}
	if err := o.checkBatches(); err != nil {
		return o, err
	}
	if err := checkTLS(o.TLS); err != nil {
		return o, err
	}
	if o.WriteTimeout <= 0 {
		o.WriteTimeout = DefaultWriteTimeout
	}
	if o.PingInterval == 0 {
		o.PingInterval = DefaultPingInterval
	}
	if o.PongTimeout <= 0 {
		o.PongTimeout = DefaultPongTimeout
	}
	if o.NetDial == nil {
		o.NetDial, o.ownDialer = new(net.Dialer).DialContext, true
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	return o, nil
}

// checkTLS refuses versions with which no handshake can begin.
func checkTLS(c *tls.Config) error {
	if c == nil || c.MaxVersion == 0 {
		return nil
	}
	least := c.MinVersion
	if least == 0 {
		least = tls.VersionTLS12
	}
	if c.MaxVersion < least {
		return fmt.Errorf("wamp: TLS MaxVersion is %s, must be at least MinVersion, %s",
			tls.VersionName(c.MaxVersion), tls.VersionName(least))
	}
	return nil
}

// ownFields are the header fields that the upgrade itself sets.
var ownFields = map[string]bool{
	"Connection": true, "Upgrade": true, "Sec-Websocket-Key": true, "Sec-Websocket-Version": true,
	"Sec-Websocket-Protocol": true, "Sec-Websocket-Extensions": true,
}

// checkHeader refuses fields that cannot be sent, without a value in its text.
func checkHeader(h http.Header) error {
	for name, values := range h {
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !strings.ContainsRune(tokenChars, r) }) {
			return fmt.Errorf("wamp: header field %q is not a valid name", clean(name))
		}
		if ownFields[http.CanonicalHeaderKey(name)] {
			return fmt.Errorf("wamp: header field %s is set by the WebSocket upgrade itself, it must not be given", name)
		}
		for _, v := range values {
			if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				return fmt.Errorf("wamp: the value of header field %s contains a control character", name)
			}
		}
	}
	return nil
}

// addHeader adds the header fields of this Dial.
func (o *Options) addHeader(ctx context.Context) error {
	if o.HeaderFunc == nil {
		return nil
	}
	more, err := o.HeaderFunc(ctx)
	if err != nil {
		return fmt.Errorf("wamp: header fields of the upgrade: %w", err)
	}
	if err := checkHeader(more); err != nil {
		return err
	}
	h := o.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	for name, values := range more {
		h[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	o.Header = h
	return nil
}

// tokenChars are the characters of a header field's name (RFC 9110 section
// 5.6.2).
const tokenChars = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// silence is the longest time without a byte from the peer; 0: any.
func (o Options) silence() time.Duration {
	if o.PingInterval < 0 {
		return 0
	}
	return o.PingInterval + o.PongTimeout
}
