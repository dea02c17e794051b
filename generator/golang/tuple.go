package golang

// tupleWire is a tuple: a struct in Go and a list on the wire.
type tupleWire struct{ structWire }

func (w tupleWire) want() string { return "list" }

func (w tupleWire) codec(f *file) {
	w.g.codeFields(f, "Tuple", w.g.names.of[w.t], w.g.names.tables[w.t], w.t.Fields, len(w.t.Fields))
}
