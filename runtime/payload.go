package wamp

import (
	"sync"

	"github.com/wampgen/wampgen/runtime/codec"
)

// Payload is the dynamic payload of a message: Arguments|list and
// ArgumentsKw|dict. Received values are nil, bool, int64 (uint64 where it does not
// fit), float64, string, []byte, []any and map[string]any; any Go value that these
// can hold may be sent. The zero value is an empty payload.
type Payload struct {
	// Args are the positional values, Kwargs the ones by keyword; nil where
	// there are none.
	Args   []any
	Kwargs map[string]any
}

// CodeWAMP codes the whole payload of a message. For this package.
func (p *Payload) CodeWAMP(c *codec.Coder) { c.Dynamic(&p.Args, &p.Kwargs) }

// decodePayload reads any payload as dynamic values, with the default limits.
func decodePayload(raw codec.Payload) (p Payload, err error) {
	var d codec.Decoder
	d.Payload(raw, &p, nil, codec.Lenient)
	return p, d.Err()
}

// limit gives d the limits for what it makes.
func (c *Client) limit(d *codec.Decoder) { d.Limit(c.cfg.limits.PayloadMemory, c.memory) }

// strictness is how results and events are read.
func (c *Client) strictness() codec.Strictness {
	if c.cfg.validate {
		return codec.Closed
	}
	return codec.Lenient
}

// reading is one event that is being decoded, and what it takes until its handler
// returns.
type reading struct {
	client  *Client
	topic   *Topic
	payload codec.Payload
	dec     codec.Decoder
}

var readings = sync.Pool{New: func() any { return new(reading) }}

// read reads the event into v.
func (r *reading) read(v codec.Value) error {
	r.client.limit(&r.dec)
	r.dec.Payload(r.payload, v, r.topic.Payload, r.client.strictness())
	if err := r.dec.Err(); err != nil {
		return &misfit{err}
	}
	return nil
}

func (r *reading) release() {
	r.client.memory.Give(r.dec.Held())
	*r = reading{}
	readings.Put(r)
}
