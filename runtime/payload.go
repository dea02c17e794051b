package wamp

import (
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
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

// dict decodes a details dict, with vendor keys and all (R014).
func dict(raw codec.Raw) map[string]any {
	m := core.Message{Details: raw}
	d, _ := m.DetailsDict() // well-formed: the parser has seen it
	return d
}
