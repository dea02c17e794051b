package core

import "github.com/wampgen/wampgen/runtime/codec"

// DetailBool returns the boolean of key in Details; false when it is absent or
// not a boolean (R011).
func (m *Message) DetailBool(key string) bool {
	var d codec.Decoder
	return m.detail(&d, key) == codec.KindBool && d.Bool()
}

// DetailUint returns the non-negative integer of key in Details; 0 when it is
// absent or something else.
func (m *Message) DetailUint(key string) uint64 {
	var d codec.Decoder
	if m.detail(&d, key) != codec.KindInt {
		return 0
	}
	return d.Uint(64)
}

// DetailText returns a copy of the string of key in Details; "" when it is
// absent or not a string.
func (m *Message) DetailText(key string) string {
	var d codec.Decoder
	if m.detail(&d, key) != codec.KindText {
		return ""
	}
	return d.Text()
}

// DetailsDict decodes Details with everything in it, known or not (R014). It is
// nil when Details is absent or empty.
func (m *Message) DetailsDict() (map[string]any, error) {
	if emptyDict(m.Details) {
		return nil, nil
	}
	v, err := m.Details.Any()
	if err != nil {
		return nil, err
	}
	dict, _ := v.(map[string]any)
	return dict, nil
}

// detail starts d at the value of key and returns its kind, KindInvalid when
// there is none.
func (m *Message) detail(d *codec.Decoder, key string) codec.Kind {
	if emptyDict(m.Details) {
		return codec.KindInvalid
	}
	v := m.Details.Lookup(key)
	if v.Absent() {
		return codec.KindInvalid
	}
	d.Start(v, key)
	return d.Kind()
}
