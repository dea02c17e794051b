package codec

// Skip moves over the next value, whatever it is.
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

// unicode judges the contents of a text token.
func (d *Decoder) unicode(t *token) bool {
	if t.kind != KindText {
		return true
	}
	if _, ok := d.text(t); !ok {
		return d.fail(d.last, "string", foundUnicode)
	}
	return true
}

// WellFormed tells whether data is exactly one document of format f: complete,
// nested no deeper than [MaxDepth], every announced length and count true, every
// text Unicode. It allocates nothing for what data announces.
func WellFormed(f Format, data []byte) error {
	var d Decoder
	d.Start(Raw{f, data}, "")
	d.skip(true)
	d.End()
	return d.err
}
