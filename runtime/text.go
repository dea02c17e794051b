package wamp

import (
	"fmt"
	"log/slog"

	"github.com/wampgen/wampgen/runtime/internal/peertext"
)

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
	return slog.StringValue(peertext.Line(err.Error()))
}
