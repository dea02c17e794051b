package golang

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/wampgen/wampgen/schema"
)

// TestG8_Deterministic: 100 runs at GOMAXPROCS 1 to 8 make the same bytes.
func TestG8_Deterministic(t *testing.T) {
	same(t, 100, func() *schema.Model { return shopModel(t) })
}

// TestG8_DeterministicAndBig is the same for a file of many chunks.
// (acceptance 10).
func TestG8_DeterministicAndBig(t *testing.T) {
	same(t, 20, func() *schema.Model { return hugeModel(t, 60) })
}

func same(t *testing.T, runs int, model func() *schema.Model) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	first, err := Generate(model(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range runs {
		runtime.GOMAXPROCS(1 + i%8)
		files, err := Generate(model(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(files) != len(first) {
			t.Fatalf("run %d makes %d files, the first made %d", i, len(files), len(first))
		}
		for k := range files {
			if files[k].Name != first[k].Name || !bytes.Equal(files[k].Data, first[k].Data) {
				t.Fatalf("run %d: %s differs", i, files[k].Name)
			}
		}
	}
}

// TestFileSet: every API has the file of its types, and of the others those
// that hold something.
func TestFileSet(t *testing.T) {
	names := func(m *schema.Model) string {
		t.Helper()
		files, err := Generate(m, Options{Package: "other"})
		if err != nil {
			t.Fatal(err)
		}
		var out string
		for _, f := range files {
			out += f.Name + " "
			if !bytes.Contains(f.Data, []byte("\npackage other\n")) {
				t.Errorf("%s is not of package other", f.Name)
			}
		}
		return out
	}
	m := shopModel(t)
	if got, want := names(m), "shop_types.wamp.go shop_api.wamp.go shop_codec.wamp.go "; got != want {
		t.Errorf("got %s", got)
	}
	m.Topics, m.Name = nil, "__My.Shop"
	if got, want := names(m), "my_shop_types.wamp.go my_shop_api.wamp.go my_shop_codec.wamp.go "; got != want {
		t.Errorf("got %s", got)
	}
	if got, want := names(&schema.Model{File: "x.wamp.yaml", Name: "x"}), "x_types.wamp.go "; got != want {
		t.Errorf("got %s", got)
	}
}
