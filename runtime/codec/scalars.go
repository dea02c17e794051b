package codec

import (
	"math"
	"time"
)

// Each type that the schema language has built in has a method of [Walk] for a
// field of its own, a function for the elements of lists and maps and for what
// may be absent or null, and a [Value] for a payload of this one thing.

// Int codes field i.
func (s *Walk) Int(i int, p *int) {
	switch {
	case s.e != nil && s.e.f != 0:
		s.putInt(i, int64(*p))
	case s.e == nil && s.cur == i:
		*p = s.d.int()
		s.cur = s.d.field(s)
	}
}

// Int codes an int.
func Int(p *int, c *Coder) {
	if c.e != nil {
		c.e.Int(int64(*p))
	} else {
		*p = c.d.int()
	}
}

// Int8 codes field i.
func (s *Walk) Int8(i int, p *int8) {
	switch {
	case s.e != nil && s.e.f != 0:
		s.putInt(i, int64(*p))
	case s.e == nil && s.cur == i:
		*p = int8(s.d.Int(8))
		s.cur = s.d.field(s)
	}
}

// Int8 codes an int8.
func Int8(p *int8, c *Coder) {
	if c.e != nil {
		c.e.Int(int64(*p))
	} else {
		*p = int8(c.d.Int(8))
	}
}

// Int16 codes field i.
func (s *Walk) Int16(i int, p *int16) {
	switch {
	case s.e != nil && s.e.f != 0:
		s.putInt(i, int64(*p))
	case s.e == nil && s.cur == i:
		*p = int16(s.d.Int(16))
		s.cur = s.d.field(s)
	}
}

// Int16 codes an int16.
func Int16(p *int16, c *Coder) {
	if c.e != nil {
		c.e.Int(int64(*p))
	} else {
		*p = int16(c.d.Int(16))
	}
}

// Int32 codes field i.
func (s *Walk) Int32(i int, p *int32) {
	switch {
	case s.e != nil && s.e.f != 0:
		s.putInt(i, int64(*p))
	case s.e == nil && s.cur == i:
		*p = int32(s.d.Int(32))
		s.cur = s.d.field(s)
	}
}

// Int32 codes an int32.
func Int32(p *int32, c *Coder) {
	if c.e != nil {
		c.e.Int(int64(*p))
	} else {
		*p = int32(c.d.Int(32))
	}
}

// Int64 codes an int64.
func Int64(p *int64, c *Coder) {
	if c.e != nil {
		c.e.Int(*p)
	} else {
		*p = c.d.Int(64)
	}
}

// Uint codes field i.
func (s *Walk) Uint(i int, p *uint) {
	if s.e != nil {
		s.key(i)
		s.e.Uint(uint64(*p))
	} else if s.cur == i {
		*p = s.d.uint()
		s.cur = s.d.field(s)
	}
}

// Uint codes a uint.
func Uint(p *uint, c *Coder) {
	if c.e != nil {
		c.e.Uint(uint64(*p))
	} else {
		*p = c.d.uint()
	}
}

// Uint8 codes field i.
func (s *Walk) Uint8(i int, p *uint8) {
	switch {
	case s.e != nil && s.e.f != 0:
		s.putInt(i, int64(*p))
	case s.e == nil && s.cur == i:
		*p = uint8(s.d.Uint(8))
		s.cur = s.d.field(s)
	}
}

// Uint8 codes a uint8.
func Uint8(p *uint8, c *Coder) {
	if c.e != nil {
		c.e.Uint(uint64(*p))
	} else {
		*p = uint8(c.d.Uint(8))
	}
}

// Uint16 codes field i.
func (s *Walk) Uint16(i int, p *uint16) {
	switch {
	case s.e != nil && s.e.f != 0:
		s.putInt(i, int64(*p))
	case s.e == nil && s.cur == i:
		*p = uint16(s.d.Uint(16))
		s.cur = s.d.field(s)
	}
}

// Uint16 codes a uint16.
func Uint16(p *uint16, c *Coder) {
	if c.e != nil {
		c.e.Uint(uint64(*p))
	} else {
		*p = uint16(c.d.Uint(16))
	}
}

// Uint32 codes field i.
func (s *Walk) Uint32(i int, p *uint32) {
	switch {
	case s.e != nil && s.e.f != 0:
		s.putInt(i, int64(*p))
	case s.e == nil && s.cur == i:
		*p = uint32(s.d.Uint(32))
		s.cur = s.d.field(s)
	}
}

// Uint32 codes a uint32.
func Uint32(p *uint32, c *Coder) {
	if c.e != nil {
		c.e.Uint(uint64(*p))
	} else {
		*p = uint32(c.d.Uint(32))
	}
}

// Uint64 codes field i.
func (s *Walk) Uint64(i int, p *uint64) {
	if s.e != nil {
		s.key(i)
		s.e.Uint(*p)
	} else if s.cur == i {
		*p = s.d.Uint(64)
		s.cur = s.d.field(s)
	}
}

// Uint64 codes a uint64.
func Uint64(p *uint64, c *Coder) {
	if c.e != nil {
		c.e.Uint(*p)
	} else {
		*p = c.d.Uint(64)
	}
}

// Bool codes a bool.
func Bool(p *bool, c *Coder) {
	if c.e != nil {
		c.e.Bool(*p)
	} else {
		*p = c.d.Bool()
	}
}

// Float32 codes field i.
func (s *Walk) Float32(i int, p *float32) {
	if s.e != nil {
		s.key(i)
		s.e.Float32(*p)
	} else if s.cur == i {
		*p = s.d.Float32()
		s.cur = s.d.field(s)
	}
}

// Float32 codes a float32.
func Float32(p *float32, c *Coder) {
	if c.e != nil {
		c.e.Float32(*p)
	} else {
		*p = c.d.Float32()
	}
}

// Float64 codes a float64.
func Float64(p *float64, c *Coder) {
	if c.e != nil {
		c.e.Float64(*p)
	} else {
		*p = c.d.Float64()
	}
}

// String codes a string.
func String(p *string, c *Coder) {
	e := c.e
	switch {
	case e == nil:
		*p = c.d.Text()
	case e.f > JSON && len(*p) < briefText:
		e.brief(e.room(len(*p)+1), *p)
	case e.f == 0 || len(*p) > math.MaxUint8:
		e.longText(*p)
	case e.f == JSON: // as in short, without the call
		e.ready()
		if moveQuoted(e.room(len(*p)+16), *p) {
			e.buf = e.buf[:len(e.buf)+len(*p)+2]
		} else {
			e.longText(*p)
		}
	default:
		e.short(e.room(len(*p)+16), *p)
	}
}

// Bytes codes field i.
func (s *Walk) Bytes(i int, p *[]byte) {
	if s.e != nil {
		s.key(i)
		s.e.Binary(*p)
	} else if s.cur == i {
		*p = s.d.Binary()
		s.cur = s.d.field(s)
	}
}

// Bytes codes bytes.
func Bytes(p *[]byte, c *Coder) {
	if c.e != nil {
		c.e.Binary(*p)
	} else {
		*p = c.d.Binary()
	}
}

// Time codes a time.
func Time(p *time.Time, c *Coder) {
	if c.e != nil {
		c.e.Time(*p)
	} else {
		*p = c.d.Time()
	}
}

// Duration codes field i.
func (s *Walk) Duration(i int, p *time.Duration) {
	if s.e != nil {
		s.key(i)
		s.e.Duration(*p)
	} else if s.cur == i {
		*p = s.d.Duration()
		s.cur = s.d.field(s)
	}
}

// Duration codes a duration.
func Duration(p *time.Duration, c *Coder) {
	if c.e != nil {
		c.e.Duration(*p)
	} else {
		*p = c.d.Duration()
	}
}

// Any codes field i.
func (s *Walk) Any(i int, p *any) {
	if s.e != nil {
		s.key(i)
		s.e.Any(*p)
	} else if s.cur == i {
		*p = s.d.Any()
		s.cur = s.d.field(s)
	}
}

// Any codes a value of any type.
func Any(p *any, c *Coder) {
	if c.e != nil {
		c.e.Any(*p)
	} else {
		*p = c.d.Any()
	}
}
