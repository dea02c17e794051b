package roundtrip

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/schema"
	values "github.com/wampgen/wampgen/schema/value"
)

// judge returns what package value says of a document in JSON.
type judge func(v any) values.Problems

// judges returns one for each definition of the JSON Schema.
func judges(m *schema.Model) map[string]judge {
	all := map[string]judge{}
	for _, t := range m.Types {
		all[t.Name] = func(v any) values.Problems { return values.Check(values.Of(t), v) }
	}
	for _, p := range m.Procedures {
		all["procedure:"+p.Name] = messages(values.Arguments(p))
		all["result:"+p.Name] = messages(values.Result(p))
		for _, e := range p.Errors {
			if e.Import != nil {
				all["error:"+e.Import.Alias+"."+e.Name] = messages(values.Failure(e.Error))
			}
		}
	}
	for _, t := range m.Topics {
		all["topic:"+t.Name] = messages(values.Event(t))
	}
	for _, e := range m.Errors {
		all["error:"+e.Name] = messages(values.Failure(e))
	}
	return all
}

// messages judges objects with the keys args and kwargs.
func messages(of values.Message) judge {
	return func(v any) values.Problems {
		doc, _ := v.(map[string]any)
		args, _ := doc["args"].([]any)
		kwargs, _ := doc["kwargs"].(map[string]any)
		return of.Check(values.Payload{Args: args, Kwargs: kwargs})
	}
}

// variadic are the paths of variadic parameters, which decoders call otherwise.
var variadic = regexp.MustCompile(`^(all|rest|seen)\[`)

// judged fails the test unless package value says of a document what the decoder
// does, with the same path and rule.
func judged(t *testing.T, what string, by judge, data []byte, decoded error) {
	t.Helper()
	v, err := codec.Raw{Format: codec.JSON, Data: data}.Any()
	if err != nil || isMessage(what) && !isPayload(v) {
		return
	}
	found := by(v)
	var refused *codec.ValueError
	switch {
	case !errors.As(decoded, &refused):
		if decoded == nil && len(found) > 0 {
			t.Errorf("%s: %s:\nthe decoder accepts it, package value says\n%v", what, data, found)
		}
	case slices.Contains(own, refused.Want):
	case !slices.ContainsFunc(found, func(p values.Problem) bool {
		at := refused.Path
		if !isMessage(what) || refused.Rule == codec.RuleRequired {
			// A type is read as the keywords of a message, and a keyword that is missing
			// is missing in kwargs.
			at = strings.TrimPrefix(strings.TrimPrefix(at, "kwargs"), ".")
		}
		return (p.Path == at || variadic.MatchString(p.Path)) && p.Rule == string(refused.Rule)
	}):
		t.Errorf("%s: %s:\nthe decoder says %v [%s], package value %v", what, data, refused, refused.Rule, found)
	}
}

// isMessage reports whether a definition is that of a message.
func isMessage(def string) bool {
	return strings.HasPrefix(def, "procedure:") || strings.HasPrefix(def, "result:") || strings.HasPrefix(def, "topic:") || strings.HasPrefix(def, "error:")
}

// isPayload reports whether a document can be a payload, whatever its schema.
func isPayload(v any) bool {
	doc, _ := v.(map[string]any)
	for key, part := range doc {
		_, isList := part.([]any)
		_, isMap := part.(map[string]any)
		if key == "args" && !isList || key == "kwargs" && !isMap {
			return false
		}
	}
	return doc != nil
}
