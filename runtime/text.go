package wamp

import (
	"fmt"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds what a peer may put into our logs and errors, in bytes.
const maxText = 256

// sanitize makes a peer's text one harmless line (S10).
func sanitize(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			r = ' '
		}
		if b.Len()+utf8.RuneLen(r) > maxText {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// text is an error for a log line. The error may be a user's own, and its
// methods may panic.
func text(err error) (v slog.Value) {
	if err == nil {
		return slog.StringValue("")
	}
	defer func() {
		if recover() != nil {
			v = slog.StringValue(fmt.Sprintf("an error of type %T whose text panics", err))
		}
	}()
	return slog.StringValue(sanitize(err.Error()))
}
