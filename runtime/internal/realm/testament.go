package realm

import (
	"slices"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// testament is an event that is published when its session ends.
type testament struct {
	content
	scope    string
	topic    string
	audience audience
	retain   bool
}

// maxTestaments is how many a session may have.
const maxTestaments = 100

// scope is the keyword scope. This router ends a session and its connection
// together, so both scopes come to the same.
func (in *input) scope() (string, *refusal) {
	switch v := in.kwargs["scope"]; v {
	case nil, "destroyed":
		return "destroyed", nil
	case "detached":
		return "detached", nil
	}
	return "", invalid(`scope must be "destroyed" or "detached"`)
}

func addTestament(_ *Realm, s *Session, in *input) ([]any, *refusal) {
	topic, refused := in.text()
	if refused != nil {
		return nil, refused
	}
	if core.CheckURI(topic, core.MatchExact, false) != nil || core.Reserved(topic) {
		return nil, &refusal{"wamp.error.invalid_uri", ""}
	}
	t := testament{topic: topic}
	if t.scope, refused = in.scope(); refused != nil {
		return nil, refused
	}
	args, isList := in.arg(1).([]any)
	kwargs, isDict := in.arg(2).(map[string]any)
	if !isList || !isDict || len(s.testaments) == maxTestaments {
		return nil, invalid("a testament is a topic, a list and a dict, and there are at most 100 of them")
	}
	t.args, _ = encode(codec.CBOR, args) // they have been decoded: CBOR has them all
	t.kwargs, _ = encode(codec.CBOR, kwargs)
	options, _ := encode(codec.CBOR, in.kwargs["publish_options"])
	m := core.Message{Details: options}
	t.audience, t.retain = audienceOf(s, &m), m.DetailBool("retain")
	s.testaments = append(s.testaments, t)
	return nil, nil
}

func flushTestaments(_ *Realm, s *Session, in *input) ([]any, *refusal) {
	scope, refused := in.scope()
	if refused != nil {
		return nil, refused
	}
	s.testaments = slices.DeleteFunc(s.testaments, func(t testament) bool { return t.scope == scope })
	return nil, nil
}

// publication is the event of a testament.
func (t testament) publication(r *Realm) *publication {
	return &publication{content: t.content, id: r.id(), topic: t.topic, at: r.cfg.Now(), audience: t.audience}
}
