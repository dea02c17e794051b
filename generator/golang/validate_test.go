package golang

import (
	"fmt"
	"testing"

	"github.com/wampgen/wampgen/schema"
)

// The text of an enum's error ends with a value or a count, never with a full
// stop: staticcheck (ST1005) runs over generated code too.
func TestValueList(t *testing.T) {
	enum := func(values ...string) *schema.Type {
		typ := &schema.Type{Kind: schema.Enum}
		for _, v := range values {
			typ.Values = append(typ.Values, schema.EnumValue{Name: v, Text: v})
		}
		return typ
	}
	var many []string
	for i := range 15 {
		many = append(many, fmt.Sprint("v", i))
	}
	for want, typ := range map[string]*schema.Type{
		"a, b":                enum("a", "b"),
		`"St.", v1.0, "1."`:   enum("St.", "v1.0", "1."),
		`"a:", "", "ä!", "."`: enum("a:", "", "ä!", "."),
		"v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11":            enum(many[:12]...),
		"v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11 and 1 more": enum(many[:13]...),
		"v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11 and 3 more": enum(many...),
	} {
		if got := valueList(typ); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
