package data_test

import (
	"testing"

	"github.com/wampgen/wampgen/schema/data"
)

// Format breaks what is too wide, and nothing else.
func TestFormat(t *testing.T) {
	for _, c := range []struct {
		src   string
		width int
		want  string
	}{
		{`{"a":[1,2],"b":{}}`, 30, `{"a": [1, 2], "b": {}}`},
		{`{"a":[1,2],"b":{}}`, 20, "{\n  \"a\": [1, 2],\n  \"b\": {}\n}"},
		{`{"a":[1,2],"b":[]}`, 10, "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": []\n}"},
		{`"a long text"`, 3, `"a long text"`},
	} {
		v, err := data.Parse([]byte(c.src))
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Format(c.width); got != c.want {
			t.Errorf("%s in %d columns:\n%s\nwant\n%s", c.src, c.width, got, c.want)
		}
	}
}
