package codec_test

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// amount is a decimal that a rule bounds.
type amount struct {
	text  string
	rule  codec.Rule
	bound string
}

// CodeWAMP codes a as generated code does.
func (a *amount) CodeWAMP(c *codec.Coder) {
	codec.Checked(c, &a.text, codec.String, []codec.Check[string]{codec.DecimalBound[string](a.rule, a.bound)})
}

// unmet returns the rule that a decimal does not meet, "" if it meets all.
func unmet(text string, rule codec.Rule, bound string) codec.Rule {
	var e *codec.ValueError
	if err := codec.Validate(&amount{text, rule, bound}); errors.As(err, &e) {
		return e.Rule
	}
	return ""
}

// TestDecimalBound compares with the exact values of the texts.
func TestDecimalBound(t *testing.T) {
	digits := func(most int) string {
		b := make([]byte, 1+rand.IntN(most))
		for i := range b {
			b[i] = "0001259"[rand.IntN(7)]
		}
		return string(b)
	}
	text := func() string {
		return []string{"", "-"}[rand.IntN(2)] + digits(4) + []string{"", "." + digits(4)}[rand.IntN(2)]
	}
	for range 100_000 {
		a, b := text(), text()
		if rand.IntN(2) == 0 {
			a = fmt.Sprintf("%s%s%d", a, []string{"e", "E", "e+"}[rand.IntN(3)], rand.IntN(5))
		} else if rand.IntN(2) == 0 {
			a = fmt.Sprintf("%se-%d", a, rand.IntN(5))
		}
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		order := x.Cmp(y)
		for rule, holds := range map[codec.Rule]bool{
			codec.RuleMin: order >= 0, codec.RuleExclusiveMin: order > 0, codec.RuleMax: order <= 0, codec.RuleExclusiveMax: order < 0,
			codec.RuleMultipleOf: y.Sign() == 0 && x.Sign() == 0 || y.Sign() != 0 && new(big.Rat).Quo(x, y).IsInt(),
		} {
			if got := unmet(a, rule, b); (got == "") != holds || got != "" && got != rule {
				t.Fatalf("%s, %s %s: got %q", a, rule, b, got)
			}
		}
	}
}

// TestDecimalBoundFar has numbers whose exponents are too large to be written
// out, and steps of the most digits.
func TestDecimalBoundFar(t *testing.T) {
	long := "1" + strings.Repeat("0", 1<<20)
	for _, c := range []struct {
		text  string
		rule  codec.Rule
		bound string
		holds bool
	}{
		{"1e999999999999999999999", codec.RuleMax, long, false}, {"1e2147483647", codec.RuleMin, long, true},
		{"-1e999999999999999999999", codec.RuleMin, "-" + long, false}, {"1e-999999999999999999999", codec.RuleExclusiveMin, "0", true},
		{"1e-2147483648", codec.RuleMax, "0." + long, true}, {"-1e-999999999999999999999", codec.RuleExclusiveMax, "0", true},
		{"0e999999999999999999999", codec.RuleMax, "0", true}, {"-0.0e-999999999999999999999", codec.RuleMin, "0", true},
		{"1e999999999999999999999", codec.RuleMultipleOf, "0.05", true}, {"1e999999999999999999999", codec.RuleMultipleOf, "3", false},
		{"1e-999999999999999999999", codec.RuleMultipleOf, "0.05", false}, {"0e999999999999999999999", codec.RuleMultipleOf, "7", true},
		{"1e61", codec.RuleMultipleOf, "0.576460752303423488", true}, {"1e41", codec.RuleMultipleOf, "0.576460752303423488", true},
		{"1e40", codec.RuleMultipleOf, "0.576460752303423488", false}, {"999999999999999999e5", codec.RuleMultipleOf, "999999999999999999", true},
		{"999999999999999999999999999999999999", codec.RuleMultipleOf, "0.999999999999999999", true},
		{"+12.50", codec.RuleMin, "12.5", true}, {"00012.50", codec.RuleMax, "12.5", true},
	} {
		var got codec.Rule
		allocs := testing.AllocsPerRun(1, func() { got = unmet(c.text, c.rule, c.bound) })
		if (got == "") != c.holds || allocs > 20 {
			t.Errorf("%s, %s %.20s: got %q in %v allocations", c.text, c.rule, c.bound, got, allocs)
		}
	}
	for _, text := range []string{"", "-", "abc", "1x", "1.x", ".", "e5"} {
		if got := unmet(text, codec.RuleMin, "0"); got != codec.RuleForm {
			t.Errorf("%q: got %q, want %q", text, got, codec.RuleForm)
		}
	}
}
