package wamp

import (
	"fmt"
	"log/slog"

	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/peertext"
)

// notice logs the beginning and the end of an overload, and carries out the
// policy Disconnect.
func (c *common) notice(n dispatch.Notice) {
	switch log := c.cfg.log; {
	case n.Kind == dispatch.Disconnecting:
		c.mu.Lock()
		s := c.session
		c.mu.Unlock()
		if s != nil {
			s.Lose(fmt.Errorf("wamp: handler of %s does not keep up", n.Name))
		}
	case n.Kind == dispatch.Refusing && n.Over:
		log.Warn("wamp: overload is over", "procedure", n.Name, "refused", n.Count)
	case n.Kind == dispatch.Refusing:
		log.Warn("wamp: handlers do not keep up, calls are refused", "procedure", n.Name, "refused", n.Count,
			"running", n.Running, "waiting", n.Waiting, "next", "callers get "+ErrUnavailable.URI+" until there is room")
	case n.Over:
		log.Warn("wamp: overload is over", "topic", n.Name, "dropped", n.Count)
	default:
		next := "new ones are dropped until there is room"
		if n.Policy == dispatch.DropOldest {
			next = "new ones take the place of the oldest until there is room"
		}
		log.Warn("wamp: handler does not keep up, events are dropped", "topic", n.Name, "dropped", n.Count,
			"running", n.Running, "waiting", n.Waiting, "next", next)
	}
}

// logCrash logs that a handler panicked or ended its goroutine. The value of a
// panic is for this log alone.
func (c *common) logCrash(what string, crash *dispatch.Crash, key, uri string) {
	if crash.Value == nil {
		c.cfg.log.Error(what+" ended its goroutine", key, uri, "stack", string(crash.Stack))
		return
	}
	c.cfg.log.Error(what+" panicked", key, uri, "type", fmt.Sprintf("%T", crash.Value),
		"value", panicText(crash.Value), "stack", string(crash.Stack))
}

// panicText is the value of a panic for a log line: an error or a text.
// Anything else may be a payload: its type has to do.
func panicText(v any) slog.Value {
	switch v := v.(type) {
	case error:
		return text(v)
	case string:
		return slog.StringValue(peertext.Line(v))
	}
	return slog.StringValue("")
}
