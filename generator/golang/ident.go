package golang

import (
	"go/token"
	"strings"
	"unicode"
)

// initialisms are the words that Go writes in capitals.
var initialisms = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`ACL AMQP API ASCII CPU CSS DNS EOF GID GUID HTML HTTP HTTPS ID IP JSON JWT QPS RAM RPC RTP
		SIP SLA SMTP SQL SSH TCP TLS TTL UDP UI UID URI URL UTF8 UUID VM WAMP XML XMPP XSRF XSS`) {
		m[w] = true
	}
	return m
}()

// words cuts a name into words: at everything that is not a letter or digit,
// and where capitals begin (orderId, HTTPServer, userIDs).
func words(name string) []string {
	var list []string
	r := []rune(name)
	for i := 0; i < len(r); {
		if !unicode.IsLetter(r[i]) && !unicode.IsDigit(r[i]) {
			i++
			continue
		}
		from := i
		for i < len(r) && capital(r[i]) {
			i++
		}
		switch capitals := i - from; {
		case capitals > 1 && i < len(r) && unicode.IsLetter(r[i]) && !plural(r[from:], capitals):
			i-- // the last capital begins the next word
		default:
			for i < len(r) && !capital(r[i]) && (unicode.IsLetter(r[i]) || unicode.IsDigit(r[i])) {
				i++
			}
		}
		list = append(list, string(r[from:i]))
	}
	return list
}

// capital reports whether a letter begins a word.
func capital(r rune) bool { return unicode.IsUpper(r) || unicode.IsTitle(r) }

// plural reports whether the word which begins r with some capitals is an
// initialism with an s, as in IDs.
func plural(r []rune, capitals int) bool {
	if !initialisms[string(r[:capitals])] || r[capitals] != 's' {
		return false
	}
	return len(r) == capitals+1 || !unicode.IsLetter(r[capitals+1]) || capital(r[capitals+1])
}

// pascal writes words as one Go name.
func pascal(list []string) string {
	var b strings.Builder
	shouted := shouting(list)
	for _, w := range list {
		if shouted {
			w = strings.ToLower(w)
		}
		b.WriteString(title(w))
	}
	return b.String()
}

// shouting reports whether a name is in capitals all over (IN_PROGRESS,
// PENDING), which then say nothing. A short one (EUR, SKU) is an abbreviation
// and stays.
func shouting(list []string) bool {
	all := strings.Join(list, "")
	return strings.ToUpper(all) == all && (len(list) > 1 || len(all) > 4)
}

// title writes one word with a capital, an initialism in capitals.
func title(w string) string {
	upper := strings.ToUpper(w)
	if initialisms[upper] {
		return upper
	}
	if stem, ok := strings.CutSuffix(upper, "S"); ok && initialisms[stem] {
		return stem + "s"
	}
	r := []rune(w)
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}

// goName is the exported Go identifier of a name; false if it gives none.
func goName(name string) (string, bool) {
	id := pascal(words(name))
	return id, token.IsIdentifier(id) && token.IsExported(id)
}

// localName is the unexported form of an exported name. It may be a keyword or
// taken: see [names.pick] and [names.paramName].
func localName(exported string) string {
	list := words(exported)
	id := strings.ToLower(list[0]) + pascal(list[1:])
	if token.IsExported(id) {
		return "x" + id // a capital that has no small letter
	}
	return id
}
