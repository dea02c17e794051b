package realm

import (
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// matchOf is the match policy that a client asks for.
func matchOf(m *core.Message) core.Match {
	if match := m.DetailText("match"); match != "" {
		return core.Match(match)
	}
	return core.MatchExact
}

// flag is a boolean option with a default. core.Parse has checked its type.
func flag(m *core.Message, key string, fallback bool) bool {
	if m.Details.Lookup(key).Absent() {
		return fallback
	}
	return m.DetailBool(key)
}

// set is a list option as a set; nil if it is not there, which differs from an
// empty list.
type set map[any]bool

func setOf(m *core.Message, key string) set {
	raw := m.Details.Lookup(key)
	if raw.Absent() {
		return nil
	}
	v, _ := raw.Any() // a list of ids or strings: core.Parse has checked it
	list, _ := v.([]any)
	s := set{}
	for _, element := range list {
		s[element] = true
	}
	return s
}

// content is the payload of a message and how it is marked in payload passthru
// mode. It goes on unchanged.
type content struct {
	args, kwargs codec.Raw
	payload      []byte
	marks        core.Dict
}

func contentOf(m *core.Message) content {
	c := content{args: m.Args, kwargs: m.Kwargs, payload: m.Payload}
	for _, key := range []string{"ppt_scheme", "ppt_serializer", "ppt_cipher", "ppt_keyid"} {
		if v := m.DetailText(key); v != "" {
			c.marks = append(c.marks, core.Field{Key: key, Value: v})
		}
	}
	return c
}

// opaque reports whether the payload is in passthru mode.
func (c *content) opaque() bool { return len(c.marks) > 0 || c.payload != nil }

// size is about how many bytes c holds.
func (c *content) size() int { return len(c.args.Data) + len(c.kwargs.Data) + len(c.payload) }

// put makes c the payload of m and appends its marks to the details.
func (c *content) put(m *core.Message) {
	m.Args, m.Kwargs, m.Payload = c.args, c.kwargs, c.payload
	m.Options = append(m.Options, c.marks...)
}

// mayPass reports whether the session announced the passthru mode that c needs
// for one of its roles.
func (s *Session) mayPass(c *content, role string) bool {
	return !c.opaque() || s.can(role, "payload_passthru_mode")
}
