package core

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Match is how a URI pattern of SUBSCRIBE or REGISTER is compared; the text is
// the value of the option "match". The zero value means exact.
type Match string

// The three ways to match (spec advanced/pubsub_pattern_based_subscription.md).
const (
	MatchExact    Match = "exact"    // the URI itself
	MatchPrefix   Match = "prefix"   // every URI that starts with the text of the pattern; not component-wise
	MatchWildcard Match = "wildcard" // empty components stand for any one component
)

// ErrInvalidURI is what every error of [CheckURI] is: nothing was sent. It has
// the meaning of wamp.error.invalid_uri.
var ErrInvalidURI = errors.New("wamp: invalid URI")

// CheckURI checks uri by the rules of spec basic/building_blocks.md. Loose:
// components are separated by dots and hold no Unicode white space and no '#'.
// Strict: they hold nothing but a-z, 0-9 and '_'. No component may be empty,
// but the last of a [MatchPrefix] pattern and any of a [MatchWildcard] pattern.
// The error is an [ErrInvalidURI] and names the place.
func CheckURI(uri string, match Match, strict bool) error {
	switch match {
	case "", MatchExact, MatchPrefix, MatchWildcard:
	default:
		return fmt.Errorf("%w: match must be exact, prefix or wildcard, not %q", ErrInvalidURI, string(match))
	}
	for rest, n := uri, 1; ; n++ {
		component, after, more := strings.Cut(rest, ".")
		emptyAllowed := match == MatchWildcard || match == MatchPrefix && !more
		if flaw := checkComponent(component, strict); flaw != "" && !(component == "" && emptyAllowed) {
			return fmt.Errorf("%w %q: component %d %s", ErrInvalidURI, uri, n, flaw)
		}
		if !more {
			return nil
		}
		rest = after
	}
}

// checkComponent says what is wrong with one component of a URI, "" when
// nothing is (R085).
func checkComponent(c string, strict bool) string {
	if c == "" {
		return "is empty"
	}
	for i, r := range c {
		switch {
		case strict && !strictRune(r):
			return "holds a character other than a-z, 0-9 and _"
		case r == '#':
			return "holds #"
		case unicode.IsSpace(r):
			return "holds white space"
		case r == utf8.RuneError && invalidAt(c[i:]):
			return "is not UTF-8"
		}
	}
	return ""
}

// strictRune reports whether a component of a strict URI may hold r (R077).
func strictRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_'
}

// invalidAt distinguishes a broken byte from a correctly encoded U+FFFD.
func invalidAt(s string) bool {
	_, size := utf8.DecodeRuneInString(s)
	return size == 1
}

// Reserved reports whether the first component of uri is "wamp". The
// specification keeps those URIs for the protocol: applications neither
// register nor publish there (R081).
func Reserved(uri string) bool {
	first, _, _ := strings.Cut(uri, ".")
	return first == "wamp"
}
