package transport

import (
	"fmt"
	"net"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// Check tells what is wrong with o; a Dial would fail for ever with it.
func (o Options) Check() error {
	_, err := o.withDefaults()
	return err
}

// withDefaults fills in what is unset and refuses what makes no sense.
func (o Options) withDefaults() (Options, error) {
	if len(o.Formats) == 0 {
		o.Formats = []codec.Format{codec.CBOR, codec.MessagePack, codec.JSON}
	}
	for _, f := range o.Formats {
		if f < codec.JSON || f > codec.CBOR {
			return o, fmt.Errorf("wamp: unknown serializer %d, want 1 (JSON), 2 (MessagePack) or 3 (CBOR)", uint8(f))
		}
	}
	if o.ReadLimit == 0 {
		o.ReadLimit = DefaultReadLimit
	}
	if o.ReadLimit < 0 || o.ReadLimit > MaxReadLimit {
		return o, fmt.Errorf("wamp: read limit of %d bytes, want 1 to %d", o.ReadLimit, MaxReadLimit)
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

// silence is the longest time without a byte from the peer; 0: any.
func (o Options) silence() time.Duration {
	if o.PingInterval < 0 {
		return 0
	}
	return o.PingInterval + o.PongTimeout
}
