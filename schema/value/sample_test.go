package value_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/value"
)

// Every type and message of the golden schemas has a sample that fits, and the
// same one every time.
func TestSample(t *testing.T) {
	files, err := filepath.Glob("../../testdata/golden/*/in.wamp.yaml")
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, found := schema.Load(file, src, os.ReadFile)
		if found.HasErrors() {
			t.Fatal(found)
		}
		samples(t, file, m)
	}
}

// none are types that must match two patterns at once, of which no value is
// found.
var none = map[string]bool{"OldSku": true, "Alias": true}

func samples(t *testing.T, file string, m *schema.Model) {
	t.Helper()
	for _, x := range m.Types {
		for n := range 3 {
			v, ok := value.Sample(value.Of(x), n)
			if !ok {
				if !none[x.Name] {
					t.Errorf("%s: there is no sample of %s", file, x.Name)
				}
				break
			}
			if problems := value.Check(value.Of(x), v); len(problems) > 0 {
				t.Errorf("%s: the sample %v of %s: %v", file, v, x.Name, problems)
			}
		}
	}
	message := func(of value.Message, name string) {
		p, ok := of.Sample(0)
		again, _ := of.Sample(0)
		if !ok {
			t.Errorf("%s: there is no sample of %s: %s %v", file, name, value.JSON(p), of.Check(p))
		}
		if string(value.JSON(p)) != string(value.JSON(again)) {
			t.Errorf("%s: %s has another sample every time", file, name)
		}
	}
	for _, p := range m.Procedures {
		message(value.Arguments(p), p.Name)
		message(value.Result(p), "the result of "+p.Name)
		message(value.Progress(p), "a progressive result of "+p.Name)
	}
	for _, x := range m.Topics {
		message(value.Event(x), x.Name)
	}
	for _, e := range m.Errors {
		message(value.Failure(e), e.Name)
	}
}
