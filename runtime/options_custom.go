package wamp

// Option is an entry of the Options dict of a message. [WithOption] makes one.
// It is a [CallOption], [PublishOption], [RegisterOption] and
// [SubscribeOption]. The zero value is not usable.
type Option struct {
	key   string
	value any
}

// WithOption adds an entry to the Options of CALL, PUBLISH, REGISTER or
// SUBSCRIBE, for routers and peers that know more than the specification. value
// is a dynamic value, as those of a [Payload]; it must not change while the
// operation, the registration or the subscription lasts. If an operation has
// two options with one key, the last one wins.
//
// The operation fails, before anything is sent, if key is empty or one that
// this package sends itself, such as "timeout": use its option, [WithCallTimeout].
// The sharding options rkey, nkey and runmode (specification "Sharded
// Registration", "Sharded Subscription") must be strings, and runmode
// "partition" needs rkey. With the option concurrency of Crossbar.io, which is
// the dealer's bound and not that of [WithConcurrency], an interrupted invocation
// is always answered: the dealer frees its place only then. Default: none.
func WithOption(key string, value any) Option { return Option{key, value} }

func (o Option) applyCall(c *callConfig)       { c.custom = set(c.custom, o.key, o.value) }
func (o Option) applyPublish(c *publishConfig) { c.custom = set(c.custom, o.key, o.value) }
func (o Option) applyRegister(c *intentConfig) { c.custom = set(c.custom, o.key, o.value) }
func (o Option) applySubscribe(c *intentConfig) {
	c.custom = set(c.custom, o.key, o.value)
}
