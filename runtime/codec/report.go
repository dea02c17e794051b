package codec

import "strconv"

// Missing records that the required key of the map s, of type want, was absent.
func (d *Decoder) Missing(s Seq, key, want string) {
	if d.err != nil {
		return
	}
	path := appendKey([]byte(locate(d.f, d.data, s.start, d.root)), key)
	d.err = &Error{Path: string(path), Want: want, Found: missing, Offset: s.start}
}

// MissingArg records that the required argument i, called name, of type want,
// was given neither by position nor by name.
func (d *Decoder) MissingArg(i int, name, want string) {
	d.argument(i, name, want, missing)
}

// Surplus records that there are more than n positional arguments.
func (d *Decoder) Surplus(n int) {
	if d.err == nil {
		want := "at most " + strconv.Itoa(n) + " positional arguments"
		if n == 1 {
			want = "at most 1 positional argument"
		}
		d.err = &Error{Path: "args", Want: want, Found: "more", Offset: d.last}
	}
}

// Twice records that argument i, called name, was given by position and by name.
func (d *Decoder) Twice(i int, name string) {
	d.argument(i, name, "one value", "one by position and one by name")
}

func (d *Decoder) argument(i int, name, want, found string) {
	if d.err == nil {
		path := "args[" + strconv.Itoa(i) + "] (" + name + ")"
		d.err = &Error{Path: path, Want: want, Found: found, Offset: d.last}
	}
}

// Invalid records that the value just read is not a valid want.
func (d *Decoder) Invalid(want string) { d.fail(d.last, want, "invalid "+d.kind.String()) }
