package core

import (
	"slices"
	"strings"

	"github.com/wampgen/wampgen/runtime/codec"
)

// emptyDict reports whether r is absent or a dict without keys.
func emptyDict(r codec.Raw) bool {
	if r.Absent() {
		return true
	}
	var d codec.Decoder
	d.Start(r, "")
	s := d.Map()
	return !d.Next(&s) && d.Err() == nil
}

// Empty reports whether a dict is absent or without keys.
func Empty(dict codec.Raw) bool { return emptyDict(dict) }

// emptyList reports whether r is absent or a list without elements.
func emptyList(r codec.Raw) bool {
	if r.Absent() {
		return true
	}
	var d codec.Decoder
	d.Start(r, "")
	s := d.List()
	return !d.Next(&s) && d.Err() == nil
}

// checkDetails checks the text (R051) and the known keys (R053) of an Options
// or Details dict, and reports whether they allow a binary payload.
func (p *parser) checkDetails(dict codec.Raw, name string) (opaque bool, _ *Violation) {
	if err := codec.WellFormed(dict.Format, dict.Data); err != nil {
		return false, malformed(err, p.t, p.l.name+"."+name)
	}
	var d codec.Decoder
	d.Start(dict, name)
	roles := false
	s := d.Map()
	for d.Next(&s) {
		k := findKey(p.l.keys, d.Key())
		if k == nil {
			d.Skip()
			continue
		}
		if want := checkValue(&d, k.kind); want != "" {
			return false, violation(p.t, "%s.%s.%s: want %s", p.l.name, name, k.name, want)
		}
		opaque = opaque || k.name == keyEncAlgo || k.name == keyPPTScheme
		roles = roles || k.name == keyRoles
	}
	if d.Err() != nil {
		return false, malformed(d.Err(), p.t, p.l.name+"."+name)
	}
	if !roles && (p.t == MsgHello || p.t == MsgWelcome) {
		return false, violation(p.t, "%s.%s.%s: want dict, missing", p.l.name, name, keyRoles)
	}
	return opaque, nil
}

// checkNames reads the keys of ArgumentsKw, which must be strings (R094). One
// that is a string but no Unicode is the peer's fault and not the router's.
func (p *parser) checkNames(m *Message) *Violation {
	var d codec.Decoder
	d.Start(m.Kwargs, "kwargs")
	s := d.Map()
	for d.Next(&s) {
		d.Key()
		d.Skip()
	}
	switch {
	case d.Err() == nil:
		return nil
	case !stringKeys(m.Kwargs):
		return malformed(d.Err(), p.t, p.l.name+".ArgumentsKw")
	}
	m.Bad = d.Err()
	return nil
}

// stringKeys reports whether all keys of a dict are strings, Unicode or not.
func stringKeys(dict codec.Raw) bool {
	var d codec.Decoder
	d.Start(dict, "")
	s := d.Map()
	for d.Next(&s) {
		if k := d.Kind(); k != codec.KindText && (k != codec.KindBinary || dict.Format != codec.JSON) {
			return false
		}
		d.SkipKey()
		d.Skip()
	}
	return true
}

// checkValue reads the value of a known key. It returns what the value should
// have been, "" when it is right.
func checkValue(d *codec.Decoder, kind valueKind) (want string) {
	switch kind {
	case kindBool:
		return skipKind(d, codec.KindBool, "bool")
	case kindText:
		return skipKind(d, codec.KindText, "string")
	case kindTextOrNull:
		if d.Null() {
			return ""
		}
		return skipKind(d, codec.KindText, "string or null")
	case kindDictOrNull:
		if d.Null() {
			return ""
		}
		return skipKind(d, codec.KindMap, "dict or null")
	case kindDict:
		return skipKind(d, codec.KindMap, "dict")
	case kindID, kindUint:
		return checkInt(d, kind)
	case kindIDs:
		return checkList(d, kindID, "list of ids")
	case kindTexts:
		return checkList(d, kindText, "list of strings")
	case kindForwardFor:
		return checkForwardFor(d)
	case kindClientRoles:
		return checkRoles(d, clientRoles)
	case kindRouterRoles:
		return checkRoles(d, routerRoles)
	}
	return checkWord(d, kind)
}

// skipKind skips a value that must be of the kind given.
func skipKind(d *codec.Decoder, kind codec.Kind, want string) string {
	if d.Kind() != kind {
		return want
	}
	d.Skip()
	return ""
}

// checkInt reads an id or a non-negative integer.
func checkInt(d *codec.Decoder, kind valueKind) string {
	isInt := d.Kind() == codec.KindInt
	n := uint64(0)
	if isInt {
		n = d.Uint(64)
	}
	switch {
	case kind == kindID && (!isInt || d.Err() != nil || n < 1 || n > MaxID):
		return "id from 1 to 2^53"
	case !isInt || d.Err() != nil:
		return "non-negative int"
	}
	return ""
}

// checkList reads a list whose elements are all of one kind.
func checkList(d *codec.Decoder, element valueKind, want string) string {
	if d.Kind() != codec.KindList {
		return want
	}
	s := d.List()
	for d.Next(&s) {
		if checkValue(d, element) != "" {
			return want
		}
	}
	return ""
}

// checkWord reads a string that is one of few.
func checkWord(d *codec.Decoder, kind valueKind) string {
	all := enumWords[kind]
	if d.Kind() == codec.KindText {
		word := d.Text()
		custom := (kind == kindEncAlgo || kind == kindEncSerializer) && strings.HasPrefix(word, "x_")
		if custom || slices.Contains(all, word) {
			return ""
		}
	}
	return "one of " + strings.Join(all, ", ")
}

// checkForwardFor reads the list of routers that passed a message on, as
// Autobahn's router links write it.
func checkForwardFor(d *codec.Decoder) string {
	const want = "list of dicts with session, authid and authrole"
	if d.Kind() != codec.KindList {
		return want
	}
	s := d.List()
	for d.Next(&s) {
		if !checkForwarder(d) {
			return want
		}
	}
	return ""
}

// checkForwarder reads one element of forward_for.
func checkForwarder(d *codec.Decoder) bool {
	if d.Kind() != codec.KindMap {
		return false
	}
	missing := len(forwarderKeys)
	s := d.Map()
	for d.Next(&s) {
		k := findKey(forwarderKeys, d.Key())
		if k == nil {
			d.Skip()
			continue
		}
		if checkValue(d, k.kind) != "" {
			return false
		}
		missing--
	}
	return missing == 0
}

// checkRoles reads a dict that names at least one of roles, each with a dict
// (R004, R005, R010).
func checkRoles(d *codec.Decoder, roles []string) string {
	want := "dict with at least one of " + strings.Join(roles, ", ")
	if d.Kind() != codec.KindMap {
		return want
	}
	found := false
	s := d.Map()
	for d.Next(&s) {
		if !slices.Contains(roles, string(d.Key())) {
			d.Skip()
			continue
		}
		if skipKind(d, codec.KindMap, "dict") != "" {
			return "dict for each role"
		}
		found = true
	}
	if !found && d.Err() == nil {
		return want
	}
	return ""
}
