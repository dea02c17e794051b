package wamp

// WithPayloadCodec makes the client handle the payloads of a scheme of payload
// passthru mode. A nil codec neither encrypts nor decrypts: the payload is only
// encoded apart from its message. The last codec of a scheme wins. [Connect]
// refuses a scheme that is neither "wamp" nor "mqtt" and does not begin with
// "x_". Default: none.
//
// What arrives in a scheme without a codec, or cannot be opened, fails that
// message: an invocation is answered with [ErrFeatureNotSupported] or
// [ErrInvalidArgument], the error of a call is [ErrPassthru], and an event is
// logged and left out.
func WithPayloadCodec(scheme string, codec PayloadCodec) ConnectOption {
	return connectOption(func(c *config) {
		if c.payloadCodecs == nil {
			c.payloadCodecs = make(payloadCodecs)
		}
		c.payloadCodecs[scheme] = codec
	})
}

// PassthruOption changes a call, a publish or a registration.
type PassthruOption interface {
	CallPublishOption
	RegisterOption
}

type passthruOption Passthru

func (p passthruOption) applyCall(c *callConfig) { c.passthru = (*Passthru)(&p) }

func (p passthruOption) applyPublish(c *publishConfig) { c.passthru = (*Passthru)(&p) }

func (p passthruOption) applyRegister(c *intentConfig) { c.passthru = (*Passthru)(&p) }

// WithPassthru sends the payload of a call or publish, or the results and errors
// of a registration, in payload passthru mode. The operation fails, before
// anything is sent, if p is not valid or the client has no codec for its scheme,
// and with [ErrUnsupported] if the router lacks the feature.
//
// The dealer answers a call with [ErrFeatureNotSupported] if the callee lacks
// the feature. Default: a call or publish is sent as usual, and an invocation
// is answered as it came, in the same scheme and with the same attributes.
func WithPassthru(p Passthru) PassthruOption { return passthruOption(p) }

// PassthruOnlyOption changes a call, a registration or a subscription.
type PassthruOnlyOption interface {
	CallOption
	RegisterOption
	SubscribeOption
}

type passthruOnlyOption struct{}

func (passthruOnlyOption) applyCall(c *callConfig) { c.passthruOnly = true }

func (passthruOnlyOption) applyRegister(c *intentConfig) { c.passthruOnly = true }

func (passthruOnlyOption) applySubscribe(c *intentConfig) { c.passthruOnly = true }

// WithPassthruOnly refuses what does not come in payload passthru mode, in any
// scheme that the client handles: the result of a call, the invocations of a
// registration, the events of a subscription. With a codec that authenticates,
// a router cannot make up any of them. A plain error of a call still arrives,
// since routers send their own. The operation fails with [ErrUnsupported] if the
// router lacks the feature. Default: both are accepted; [CallInfo.Passthru] and
// [EventInfo.Passthru] say how a message came.
func WithPassthruOnly() PassthruOnlyOption { return passthruOnlyOption{} }
