package codec

import "bytes"

// Raw is one encoded value, usually a part of a received frame: it shares and
// keeps alive the frame's memory. The zero Raw is absent. A Raw is not checked
// unless it came from [Decoder.Raw].
type Raw struct {
	Format Format
	Data   []byte
}

// Absent tells that there is no value.
func (r Raw) Absent() bool { return len(r.Data) == 0 }

// Clone returns a copy with memory of its own.
func (r Raw) Clone() Raw { return Raw{r.Format, bytes.Clone(r.Data)} }

// Any returns the value as [Decoder.Any] does; an absent Raw is nil.
func (r Raw) Any() (any, error) {
	if r.Absent() {
		return nil, nil
	}
	var d Decoder
	d.Start(r, "")
	v := d.Any()
	d.End()
	if err := d.Err(); err != nil {
		return nil, err
	}
	return v, nil
}

// Lookup returns the value of key in the dict r, the last one if the key is
// there twice. It is absent if the key is not there, or r is not a
// well-formed dict.
func (r Raw) Lookup(key string) Raw {
	var d Decoder
	d.Start(r, "")
	var found Raw
	s := d.Map()
	for d.Next(&s) {
		if string(d.Key()) == key {
			found = d.Raw()
		} else {
			d.Skip()
		}
	}
	if d.Err() != nil {
		return Raw{}
	}
	return found
}

// Payload is the application payload of a message: the Arguments list and the
// ArgumentsKw dict, either of which may be absent.
type Payload struct {
	Args, Kwargs Raw
	// Err is why the payload cannot be read, nil if it can. Args and Kwargs then
	// mean nothing, and whoever needs them fails with Err.
	Err error
}
