package codec

import "bytes"

// Raw is one encoded value. It is usually a part of a received frame, whose
// memory it shares and keeps alive. The zero Raw is absent. A Raw is not
// checked unless it came from [Decoder.Raw].
type Raw struct {
	Format Format
	Data   []byte
}

// Absent reports whether there is no value.
func (r Raw) Absent() bool { return len(r.Data) == 0 }

// Clone returns a copy with memory of its own.
func (r Raw) Clone() Raw { return Raw{r.Format, bytes.Clone(r.Data)} }

// Any returns the value as [Decoder.Any] does. An absent Raw is nil.
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
// duplicate. It is absent if the key is absent or r is not a well-formed dict.
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
// ArgumentsKw dict. Either may be absent.
type Payload struct {
	Args, Kwargs Raw
	// Err is not nil if the payload cannot be read. Args and Kwargs are then not
	// valid, and decoding fails with Err.
	Err error
}
