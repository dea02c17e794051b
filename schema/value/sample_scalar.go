package value

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"regexp/syntax"
	"strings"
	"time"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
)

// scalars returns values of a built-in type to try, the nicest first: one of them
// meets the constraints, if any does.
func scalars(r, base *schema.Ref, name string, n int) []*data.Value {
	text := func(s string) []*data.Value { return []*data.Value{{Kind: data.Text, Text: s}} }
	switch base.Scalar {
	case schema.Bool:
		return []*data.Value{data.Of(n%2 == 0)}
	case schema.String:
		return words(r, name, n)
	case schema.Any:
		return text(numbered(name, n))
	case schema.Bytes:
		return bytesLike(r, base, n)
	case schema.Time:
		return text(time.Date(2026, 8, 22, 15, 4, 5, 0, time.UTC).AddDate(0, 0, n).Format(time.RFC3339))
	case schema.Date:
		return text(time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format(time.DateOnly))
	case schema.UUID:
		return text(fmt.Sprintf("018f2c7a-9b3d-7000-8000-%012d", n+1))
	case schema.Decimal:
		return numbers(r, base, n)
	case schema.URI:
		return text("com.example." + numbered("value", n))
	case schema.Duration:
		return durations(r, n)
	}
	return numbers(r, base, n)
}

// words tries the name of what the string belongs to, in a length that is
// allowed, or a match of the pattern.
func words(r *schema.Ref, name string, n int) (tries []*data.Value) {
	least, most := counts(r)
	word := numbered(name, n)
	for len([]rune(word)) < least {
		word += "x"
	}
	if letters := []rune(word); len(letters) > most {
		word = string(letters[:most])
	}
	tries = append(tries, &data.Value{Kind: data.Text, Text: word})
	for of := r; of != nil; of = baseRef(of) {
		for _, c := range of.Constraints {
			if c.Key != schema.Pattern {
				continue
			}
			for more := range 48 {
				if s, ok := match(c.Text, more, n); ok {
					tries = append(tries, &data.Value{Kind: data.Text, Text: s})
				}
			}
		}
	}
	return tries
}

// match returns a text that a pattern matches, with so many repetitions more than
// needed where there may be more.
func match(pattern string, more, n int) (string, bool) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", false
	}
	m := matcher{more: more, n: n}
	m.write(re.Simplify())
	return m.String(), !m.failed && m.Len() <= 1<<12
}

// matcher writes a text that an expression matches.
type matcher struct {
	strings.Builder
	more, n int
	failed  bool
}

func (m *matcher) write(re *syntax.Regexp) {
	if m.Len() > 1<<12 {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		m.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		m.WriteRune(m.class(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		m.WriteByte('x')
	case syntax.OpCapture:
		m.write(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			m.write(sub)
		}
	case syntax.OpAlternate:
		m.write(re.Sub[m.n%len(re.Sub)])
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest:
		times := m.more
		if re.Op == syntax.OpPlus {
			times++
		}
		if re.Op == syntax.OpQuest {
			times = min(times, 1)
		}
		for range times {
			m.write(re.Sub[0])
		}
	case syntax.OpNoMatch:
		m.failed = true
	}
}

// class returns a rune of ranges: a letter or a digit if there is one.
func (m *matcher) class(ranges []rune) rune {
	if len(ranges) == 0 {
		m.failed = true
		return 'x'
	}
	for _, nice := range []rune{'a', 'A', '1'} {
		for i := 0; i+1 < len(ranges); i += 2 {
			if at := nice + rune(m.n%9); ranges[i] <= at && at <= ranges[i+1] {
				return at
			}
		}
	}
	return ranges[0]
}

// bytesLike tries bytes of a length that is allowed.
func bytesLike(r, base *schema.Ref, n int) []*data.Value {
	least, most := counts(r)
	b := make([]byte, min(max(least, 3), most))
	for i := range b {
		b[i] = byte(n + i + 1)
	}
	switch base.Encoding {
	case "hex":
		return []*data.Value{{Kind: data.Text, Text: hex.EncodeToString(b)}}
	case "base64":
		return []*data.Value{{Kind: data.Text, Text: base64.StdEncoding.EncodeToString(b)}}
	}
	return []*data.Value{{Kind: data.Bytes, Text: string(b)}}
}

// durations tries some seconds, and what is near the bounds.
func durations(r *schema.Ref, n int) (tries []*data.Value) {
	all := []time.Duration{time.Duration(n+1) * time.Second}
	for of := r; of != nil; of = baseRef(of) {
		for _, c := range of.Constraints {
			if c.Value != nil {
				d := c.Value.Duration
				all = append(all, d, d+time.Millisecond, d-time.Millisecond, d+time.Second, d*time.Duration(n+2))
			}
		}
	}
	for _, d := range all {
		tries = append(tries, &data.Value{Kind: data.Text, Text: d.String()})
	}
	return tries
}

// numbers tries small numbers, and what is near the bounds.
func numbers(r, base *schema.Ref, n int) (tries []*data.Value) {
	all := []*big.Rat{big.NewRat(int64(n+1), 1), new(big.Rat)}
	if isFloat(base) {
		all[0] = big.NewRat(int64(2*n+3), 2)
	}
	if base.Scalar == schema.Decimal {
		all[0] = big.NewRat(int64(2*n+25), 2)
	}
	var bounds []*big.Rat
	for of := r; of != nil; of = baseRef(of) {
		for i := range of.Constraints {
			if c := &of.Constraints[i]; c.Value != nil {
				bounds = append(bounds, boundOf(c, base))
			}
		}
	}
	for i, b := range bounds {
		for _, step := range []int64{int64(n), 1, -1, 0} {
			all = append(all, new(big.Rat).Add(b, big.NewRat(step, 1)))
		}
		for _, other := range bounds[i+1:] {
			sum := new(big.Rat).Add(b, other)
			all = append(all, sum.Quo(sum, big.NewRat(2, 1)), above(b, other), above(other, b))
		}
	}
	for _, x := range all {
		if base.Scalar == schema.Decimal {
			tries = append(tries, &data.Value{Kind: data.Text, Text: decimalText(x)})
		} else if f, _ := x.Float64(); isFloat(base) {
			tries = append(tries, data.Of(f))
		} else if x.IsInt() {
			tries = append(tries, &data.Value{Kind: data.Number, Text: x.Num().String()})
		}
	}
	return tries
}

// decimalText is a decimal number with two places, or more if it needs them.
func decimalText(x *big.Rat) string {
	places, exact := x.FloatPrec()
	if !exact { // no literal of a schema leads there
		places = 20
	}
	return x.FloatString(max(places, 2))
}

// above is the first multiple of a unit that is more than a bound.
func above(bound, unit *big.Rat) *big.Rat {
	if unit.Sign() == 0 {
		return bound
	}
	q := new(big.Rat).Quo(bound, unit)
	whole := new(big.Int).Div(q.Num(), q.Denom())
	return q.Mul(new(big.Rat).SetInt(whole.Add(whole, big.NewInt(1))), unit)
}
