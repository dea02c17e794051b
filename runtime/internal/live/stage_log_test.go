package live

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"

	wamp "github.com/wampgen/wampgen/runtime"
)

// faultLog is a logger into memory at level debug.
type faultLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *faultLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *faultLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *faultLog) option() wamp.ConnectOption {
	return wamp.WithLogger(slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})))
}

// lines returns the lines of the log that hold all of what.
func (l *faultLog) lines(what ...string) (found []string) {
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

// recLog is a slog.Handler that keeps its lines.
type recLog struct {
	mu    sync.Mutex
	lines []string
}

func (*recLog) Enabled(context.Context, slog.Level) bool { return true }
func (l *recLog) WithAttrs([]slog.Attr) slog.Handler     { return l }

func (l *recLog) WithGroup(string) slog.Handler { return l }

func (l *recLog) Handle(_ context.Context, r slog.Record) error {
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

// with returns the lines that hold all parts.
func (l *recLog) with(parts ...string) []string {
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
