package codec

import "unsafe"

// Variadic codes the last positional parameter of a payload, which takes all
// further arguments; code codes one of them. In a payload as one map it is a
// list. After decoding *p is nil if there are none.
func Variadic[T any](s *Walk, i int, p *[]T, code func(*T, *Coder)) {
	if s.mode != inArgs {
		variadicList(s, i, p, code)
		return
	}
	if s.e != nil {
		for j := range *p {
			s.key(i)
			code(&(*p)[j], s.c)
		}
		s.further = len(*p) - 1
		return
	}
	for s.cur == i && s.mode == inArgs {
		if len(*p) == cap(*p) {
			n := s.d.double(cap(*p), int(unsafe.Sizeof(*new(T))))
			if n == 0 {
				return
			}
			*p = append(make([]T, 0, n), *p...)
		}
		*p = (*p)[:len(*p)+1]
		code(&(*p)[len(*p)-1], s.c)
		s.advance()
	}
}

// variadicList codes further arguments as a field.
func variadicList[T any](s *Walk, i int, p *[]T, code func(*T, *Coder)) {
	if s.e != nil {
		s.key(i)
		List(s.c, p, code)
		return
	}
	if s.cur == i {
		List(s.c, p, code)
		s.advance()
	}
}

// CatchAll codes the keywords that the table does not have, whose Unknown is
// [Keep]; code codes one of their values. It is the last in the loop over the
// fields. After decoding *p is nil if there are none.
func CatchAll[T any](s *Walk, p *map[string]T, code func(*T, *Coder)) {
	if s.e != nil {
		encodeOthers(s, *p, code)
		return
	}
	for s.cur == s.l.n && s.d.err == nil {
		key := s.d.other
		if *p == nil {
			s.d.charge(mapHeader)
			*p = map[string]T{}
		}
		x := new(T)
		if !s.d.mapEntry(len(*p), len(key)+2*int(unsafe.Sizeof(*x))) {
			return
		}
		code(x, s.c)
		(*p)[key] = *x
		s.advance()
	}
}

func encodeOthers[T any](s *Walk, m map[string]T, code func(*T, *Coder)) {
	x := new(T)
	for k, v := range m {
		if s.e.f != 0 {
			s.e.Key(k)
		}
		if s.l.find([]byte(k)) >= 0 {
			s.e.fail("a keyword beside those of the schema", "one of the schema")
		}
		*x = v
		code(x, s.c)
	}
	s.further += len(m)
}
