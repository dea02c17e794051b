package value

import (
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
)

// Of returns the use of a named type, for the functions that take one.
func Of(t *schema.Type) *schema.Ref { return &schema.Ref{Named: t} }

// Read turns a value that a person wrote into one of a type that can be sent, see
// [Message.Read].
func Read(r *schema.Ref, v *data.Value) (any, Problems) {
	w := &walker{written: true}
	if x := w.ref(r, v, nil); x != nil && len(w.problems) == 0 {
		return x.Any(), nil
	}
	return nil, w.problems
}

// Check returns what is wrong with a value of a type that arrived, see
// [Message.Check].
func Check(r *schema.Ref, v any) Problems {
	_, problems := Render(r, v)
	return problems
}

// Render returns a value of a type that arrived as JSON, and what is wrong with
// it, see [Message.Render].
func Render(r *schema.Ref, v any) ([]byte, Problems) {
	w := &walker{}
	in := data.Of(v)
	out := w.ref(r, in, nil)
	if out == nil || len(w.problems) > 0 {
		out = in
	}
	return out.AppendJSON(nil), w.problems
}
