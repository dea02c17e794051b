package codec

// Keys of a payload that is one map.
const (
	packArgs   = "args"
	packKwargs = "kwargs"
)

// Pack puts one map in place of a payload of n values, which must be all that
// was appended since [Encoder.Reset]: {"args": Arguments, "kwargs": ArgumentsKw}
// (the advanced profile's "Payload Passthru Mode"). Both keys are always there.
func (e *Encoder) Pack(n int) {
	if e.Err() != nil {
		return
	}
	parts := e.cut(e.start, n)
	e.Map(2)
	e.Key(packArgs)
	if n > 0 {
		e.Raw(parts[0])
	} else {
		e.List(0)
		e.EndList()
	}
	e.Key(packKwargs)
	if n > 1 {
		e.Raw(parts[1])
	} else {
		e.Map(0)
		e.EndMap()
	}
	e.EndMap()
}

// Unpack returns the payload of a document that [Encoder.Pack] made, as parts of
// it. A key may be absent or null, and others are ignored.
func Unpack(r Raw) (Payload, error) {
	var p Payload
	var d Decoder
	d.Start(r, "payload")
	s := d.Map()
	for d.Next(&s) {
		switch string(d.Key()) {
		case packArgs:
			p.Args = d.part(KindList, "list")
		case packKwargs:
			p.Kwargs = d.part(KindMap, "map")
		default:
			d.Skip()
		}
	}
	d.End()
	if err := d.Err(); err != nil {
		return Payload{}, err
	}
	return p, nil
}

// part returns a value of this kind, absent for null.
func (d *Decoder) part(kind Kind, want string) Raw {
	if d.Null() {
		return Raw{}
	}
	if d.Kind() != kind {
		d.wrong(want)
		return Raw{}
	}
	return d.Raw()
}
