package codec

import "strconv"

// Missing records the error that the map s lacks the required key; want is the
// type of its value.
func (d *Decoder) Missing(s Seq, key, want string) { d.absentKey(s.start, key, want) }

func (d *Decoder) absentKey(start int, key, want string) {
	if d.err != nil {
		return
	}
	p := place{roots: []string{d.root}, params: d.params, dicts: d.dicts}
	path := appendKey([]byte(p.locate(d.f, d.data, start)), key)
	d.stop(&ValueError{Path: string(path), Rule: RuleRequired, Want: want, Found: missing, Offset: start})
}

// absentElement records that a tuple has no element i.
func (d *Decoder) absentElement(start, i int, want string) {
	if d.err != nil {
		return
	}
	p := place{roots: []string{d.root}, params: d.params, dicts: d.dicts}
	path := appendIndex([]byte(p.locate(d.f, d.data, start)), i)
	d.stop(&ValueError{Path: string(path), Rule: RuleRequired, Want: want, Found: missing, Offset: start})
}

// surplus records that there are more than n positional arguments.
func (d *Decoder) surplus(n int) {
	want := "at most " + strconv.Itoa(n) + " positional arguments"
	if n == 1 {
		want = "at most 1 positional argument"
	}
	d.stop(&ValueError{Path: "args", Rule: RuleSurplus, Want: want, Found: "more", Offset: d.last})
}

// argument records what is wrong with a parameter as a whole.
func (d *Decoder) argument(name string, rule Rule, want, found string) {
	d.stop(&ValueError{Path: string(appendKey(nil, name)), Rule: rule, Want: want, Found: found, Offset: d.last})
}

// Invalid records that the value just read is not a valid want.
func (d *Decoder) Invalid(want string) {
	d.reject(d.last, RuleForm, want, "invalid "+d.kind.String())
}
