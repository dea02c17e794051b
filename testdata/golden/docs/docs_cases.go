package docs

import (
	"context"
	"os"
	"strings"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

// G2: the case compiles without a panic in an init function, and its literals
// are those of the schema.

var odds = OddArgs{Strings: Strings{QuoTe: 1, BackSlash: "`\"\\\n\t%s\u2028*/", StarSlash: 2}, Odd: OddLine}

func TestValues(t *testing.T) {
	roundtrip.Inputs[OddArgs](t, odd, odds)
	roundtrip.Becomes(t, Strings{}, Strings{BackSlash: odds.Strings.BackSlash})
	roundtrip.Same(t, "values", OddValues(), []Odd{`"`, "`", "a\nb", "*/ //", "%s"})
	roundtrip.Events(t, event, Event{X: "x"})
	if err := Odd("x").Validate(); err == nil || err.Error() != "want one of \"\\\"\", \"`\", \"a\\nb\", \"*/ //\", \"%s\"" {
		t.Errorf("got %v", err)
	}
}

func TestNoDirectives(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".wamp.go") {
			continue
		}
		src, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"\n//go:", "\n\t//go:", "\n//line", "\n\t//line", "\n/*", "\n//export", "\nfunc init", "\u2028", "\u202e"} {
			// The one directive that is ours.
			if strings.Contains(strings.ReplaceAll(string(src), "\n//go:noinline\n", "\n"), word) {
				t.Errorf("%s holds %q", file.Name(), word)
			}
		}
	}
}

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		_, err := wamp.Register(ctx, callee, HandleOdd(func(_ context.Context, in OddArgs) (Long, error) {
			return Long{Word: in.Strings.BackSlash, Wide: string(in.Odd)}, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		got, err := NewCaller(caller).Odd(ctx, odds)
		roundtrip.Same(t, err, got, Long{odds.Strings.BackSlash, "a\nb"})
	})
}
