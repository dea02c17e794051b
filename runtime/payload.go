package wamp

import (
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// Payload is the dynamic payload of a message: Arguments|list and
// ArgumentsKw|dict. Received values are nil, bool, int64 (uint64 if it does not
// fit), float64, string, []byte, []any and map[string]any. [codec.Encoder.Any]
// describes the values that can be sent. The zero value is an empty payload.
type Payload struct {
	// Args are the positional values, Kwargs the values by keyword; nil if there
	// are none.
	Args   []any
	Kwargs map[string]any
}

// For generated code. CodeWAMP codes the whole payload of a message.
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
