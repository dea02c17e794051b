package stage

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"

	wamp "github.com/wampgen/wampgen/runtime"
)

// TextLog is a logger into memory at level debug.
type TextLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends to the log.
func (l *TextLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String returns the whole log.
func (l *TextLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Option makes a client log here.
func (l *TextLog) Option() wamp.ConnectOption {
	return wamp.WithLogger(slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})))
}

// Lines returns the lines of the log that hold all of what.
func (l *TextLog) Lines(what ...string) (found []string) {
next:
	for line := range strings.Lines(l.String()) {
		for _, w := range what {
			if !strings.Contains(line, w) {
				continue next
			}
		}
		found = append(found, line)
	}
	return found
}

// Log is a slog.Handler that keeps its lines.
type Log struct {
	mu    sync.Mutex
	lines []string
}

// Enabled reports true: every line is kept.
func (*Log) Enabled(context.Context, slog.Level) bool { return true }

// WithAttrs returns the log itself.
func (l *Log) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup returns the log itself.
func (l *Log) WithGroup(string) slog.Handler { return l }

// Handle keeps a record.
func (l *Log) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	b.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		b.WriteString(" " + a.String())
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, b.String())
	return nil
}

// With returns the lines that hold all parts.
func (l *Log) With(parts ...string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
next:
	for _, line := range l.lines {
		for _, part := range parts {
			if !strings.Contains(line, part) {
				continue next
			}
		}
		out = append(out, line)
	}
	return out
}
