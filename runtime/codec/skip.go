package codec

// Skip moves past the next value, of any type.
func (d *Decoder) Skip() { d.skip(false) }

// skip moves over the next value; strict judges its text too.
func (d *Decoder) skip(strict bool) {
	var t token
	if !d.value(&t, "a value") || strict && !d.unicode(&t) {
		return
	}
	if t.kind == KindList || t.kind == KindMap {
		d.skipRest(d.enter(&t), strict)
	}
}

// skipRest moves to the end of s. What is open is kept in an array and not on
// Go's stack, whose overflow would end the process.
func (d *Decoder) skipRest(s Seq, strict bool) {
	var stack [MaxDepth]Seq
	stack[0] = s
	var t token
	for top := 0; top >= 0; {
		at := &stack[top]
		if !d.Next(at) {
			top--
			continue
		}
		if at.isMap && (!d.key(&t) || strict && !d.unicode(&t)) {
			return
		}
		if !d.token(&t) || strict && !d.unicode(&t) {
			return
		}
		if t.kind == KindList || t.kind == KindMap {
			inner := d.enter(&t)
			if d.err != nil {
				return
			}
			top++
			stack[top] = inner
		}
	}
}

// skipDeep moves over the next value, whose depth has no bound but its length.
// It finds the end of the value and judges no more than that needs.
func (d *Decoder) skipDeep() {
	if d.f == JSON {
		d.skipBrackets()
		return
	}
	d.skipItems()
}

// skipBrackets moves over a list or map of JSON.
func (d *Decoder) skipBrackets() {
	var t token
	for open := 0; d.off < len(d.data); {
		switch d.data[d.off] {
		case '"':
			if !d.jsonString(&t) {
				return
			}
			continue
		case '[', '{':
			open++
		case ']', '}':
			open--
		}
		d.off++
		if open == 0 {
			return
		}
	}
	d.malformed(foundEnd)
}

// endless is a number of CBOR lists and maps of indefinite length, each
// directly within the one before, and how many items are due around them.
type endless struct{ due, nested int }

// skipItems moves over one value of MessagePack or CBOR: it counts the items
// that are due and needs no memory for lists and maps whose length is known.
func (d *Decoder) skipItems() {
	var t token
	var around []endless
	for due := 1; due > 0 || len(around) > 0; {
		if due == 0 && d.off < len(d.data) && d.data[d.off] == cborBreak && d.f == CBOR {
			d.off++
			top := &around[len(around)-1]
			if top.nested--; top.nested == 0 {
				due = top.due
				around = around[:len(around)-1]
			}
			continue
		}
		if !d.token(&t) {
			return
		}
		within := due == 0
		due = max(0, due-1)
		switch {
		case t.kind != KindList && t.kind != KindMap:
		case t.open && within:
			around[len(around)-1].nested++
		case t.open:
			around = append(around, endless{due, 1})
			due = 0
		case t.kind == KindMap:
			due += 2 * int(t.bits)
		default:
			due += int(t.bits)
		}
	}
}

// unicode judges the contents of a text token.
func (d *Decoder) unicode(t *token) bool {
	if t.kind != KindText {
		return true
	}
	if _, ok := d.text(t); !ok {
		return d.reject(d.last, RuleForm, "string", foundUnicode)
	}
	return true
}

// WellFormed returns an error unless data is exactly one document of format f:
// complete, nested no deeper than [MaxDepth], with correct lengths and counts
// and valid Unicode text. It allocates nothing for what data announces.
func WellFormed(f Format, data []byte) error {
	var d Decoder
	d.Start(Raw{f, data}, "")
	d.skip(true)
	d.End()
	return d.err
}
