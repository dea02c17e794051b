package auth

import (
	"fmt"
	"math"
)

// extras reads the dict of a CHALLENGE or WELCOME that a router sent. Every
// reader names the field in its refusal and quotes no value. A null counts as
// absent.
type extras struct {
	method  string
	message string // "CHALLENGE" or "WELCOME"
	fields  map[string]any
}

func (x extras) refuse(key, want, found string) error {
	return refuse(x.method, "%s.%s: want %s, got %s", x.message, key, want, found)
}

// text reads a string that must be there and be 1 to most octets long.
func (x extras) text(key string, most int) (string, error) {
	s, err := x.optionalText(key, most)
	if err == nil && s == "" {
		if x.fields[key] == nil {
			return "", x.refuse(key, "string", "nothing")
		}
		return "", x.refuse(key, "string", "an empty one")
	}
	return s, err
}

// optionalText reads a string of at most most octets; empty if it is absent.
func (x extras) optionalText(key string, most int) (string, error) {
	switch v := x.fields[key].(type) {
	case nil:
		return "", nil
	case string:
		if len(v) > most {
			return "", x.refuse(key, fmt.Sprintf("at most %d octets", most), fmt.Sprint(len(v)))
		}
		return v, nil
	default:
		return "", x.refuse(key, "string", kind(v))
	}
}

// integer reads a whole number; zero if it is absent.
func (x extras) integer(key string) (int, error) {
	v := x.fields[key]
	switch n := v.(type) {
	case nil:
		return 0, nil
	case int64:
		if n >= math.MinInt32 && n <= math.MaxInt32 {
			return int(n), nil
		}
	case uint64:
		if n <= math.MaxInt32 {
			return int(n), nil
		}
	case float64:
		// JSON has one kind of number, so 1000.0 is a whole number too.
		if n == math.Trunc(n) && math.Abs(n) <= math.MaxInt32 {
			return int(n), nil
		}
		return 0, x.refuse(key, "a whole number of 32 bits", "another float")
	default:
		return 0, x.refuse(key, "int", kind(v))
	}
	return 0, x.refuse(key, "a whole number of 32 bits", fmt.Sprint(v))
}

// within checks a number against its bounds, both inclusive.
func (x extras) within(key string, n, least, most int) error {
	if n < least || n > most {
		return x.refuse(key, fmt.Sprintf("%d to %d", least, most), fmt.Sprint(n))
	}
	return nil
}

// kind names the type of a dynamic value.
func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case int64, uint64:
		return "int"
	case float64:
		return "float"
	case string:
		return "string"
	case []byte:
		return "binary"
	case []any:
		return "list"
	case map[string]any:
		return "dict"
	}
	return "something else"
}
