package interop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

// transcript is what went over the connections of a client, one after the other:
// a message of the client behind "> ", one of the router behind "< ", "." where the
// router took its time between two of its messages, and "x" where it closed. A
// connection begins with "= ".
type transcript struct {
	mu    sync.Mutex
	lines [][]string // by connection
}

func (t *transcript) open() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, nil)
	return len(t.lines) - 1
}

func (t *transcript) add(conn int, line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines[conn] = append(t.lines[conn], line)
}

// heard adds a message of the router, and whether it came late.
func (t *transcript) heard(conn int, line string, late bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := t.lines[conn]
	if late && strings.HasPrefix(lines[len(lines)-1], "< ") {
		lines = append(lines, ".")
	}
	t.lines[conn] = append(lines, line)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for i, lines := range t.lines {
		fmt.Fprintf(&b, "= %d\n%s\n", i+1, strings.Join(lines, "\n"))
	}
	return b.String()
}

func readTranscript(path string) (*transcript, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	t := &transcript{}
	for line := range strings.Lines(string(text)) {
		switch line = strings.TrimSuffix(line, "\n"); {
		case strings.HasPrefix(line, "="):
			t.lines = append(t.lines, nil)
		case line != "":
			t.add(len(t.lines)-1, line)
		}
	}
	return t, nil
}

// gate lets no connection be opened while it is shut, and remembers the last one.
type gate struct {
	mu   sync.Mutex
	open chan struct{} // closed while connections may be opened
	last *transport.Link
}

func newGate() *gate {
	g := &gate{open: make(chan struct{})}
	close(g.open)
	return g
}

// cut breaks the last connection and shuts the gate until mend is called.
func (g *gate) cut() (mend func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = make(chan struct{})
	_ = g.last.Conn.Close()
	return sync.OnceFunc(func() { close(g.open) })
}

// batched reports whether the last connection is one of batches.
func (g *gate) batched() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.last.Batched
}

func (g *gate) pass(ctx context.Context, dial func() (*transport.Link, error)) (*transport.Link, error) {
	g.mu.Lock()
	open := g.open
	g.mu.Unlock()
	select {
	case <-open:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	l, err := dial()
	if err == nil {
		g.mu.Lock()
		g.last = l
		g.mu.Unlock()
	}
	return l, err
}

// gated is a dialer that a gate can stop.
type gated struct{ *gate }

func (g gated) Dial(ctx context.Context, url string, o transport.Options) (*transport.Link, error) {
	return g.pass(ctx, func() (*transport.Link, error) { return transport.Net{}.Dial(ctx, url, o) })
}

// recorder is a dialer that writes down what goes over its connections, in JSON.
type recorder struct {
	*gate
	*transcript
}

func (r recorder) Dial(ctx context.Context, url string, o transport.Options) (*transport.Link, error) {
	return r.pass(ctx, func() (*transport.Link, error) {
		l, err := transport.Net{}.Dial(ctx, url, o)
		if err == nil {
			l.Conn = &recorded{Conn: l.Conn, to: r.transcript, index: r.transcript.open()}
		}
		return l, err
	})
}

type recorded struct {
	transport.Conn
	to    *transcript
	index int
	ended atomic.Bool // or closed by us, which is no word of the router's
	last  time.Time   // when the router last said something
}

func (c *recorded) Close() error {
	c.ended.Store(true)
	return c.Conn.Close()
}

func (c *recorded) ReadFrame() ([]byte, error) {
	frame, err := c.Conn.ReadFrame()
	if err == nil {
		c.to.heard(c.index, "< "+string(frame), !c.last.IsZero() && time.Since(c.last) > time.Millisecond)
		c.last = time.Now()
	} else if !c.ended.Swap(true) {
		c.to.add(c.index, "x")
	}
	return frame, err
}

func (c *recorded) WriteFrame(head, body []byte) error {
	c.to.add(c.index, "> "+string(head)+string(body))
	return c.Conn.WriteFrame(head, body)
}

// player is a dialer whose router follows a transcript: it waits for each message
// of the client, which must be the recorded one, and sends those of the router.
type player struct {
	*gate
	script *transcript
	next   *int
	ended  *sync.WaitGroup
	fail   func(error)
}

func (p player) Dial(ctx context.Context, _ string, _ transport.Options) (*transport.Link, error) {
	return p.pass(ctx, func() (*transport.Link, error) {
		i := min(*p.next, len(p.script.lines)-1) // the last one serves those that follow
		*p.next++
		client, server := transport.Pipe(codec.JSON)
		p.ended.Go(func() {
			defer server.Close()
			if err := play(server, p.script.lines[i]); err != nil {
				p.fail(fmt.Errorf("connection %d: %w", i+1, err))
			}
			for { // what the client says beyond the record
				if _, err := server.ReadFrame(); err != nil {
					return
				}
			}
		})
		return client, nil
	})
}

// play follows one connection, in a synctest bubble. Of a handler that ends with
// its session it is not certain that its YIELD still goes out before GOODBYE.
func play(server transport.Conn, lines []string) error {
	var frame []byte // of the client, if it was not in its place yet
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case line == "x":
			return server.Close()
		case line == ".":
			// The time of a bubble passes when everything in it waits, other
			// connections at such a place too: synctest.Wait takes one at a time.
			time.Sleep(time.Millisecond)
			continue
		case strings.HasPrefix(line, "< "):
			if err := errors.Join(server.WriteFrame(nil, []byte(line[2:])), server.Flush()); err != nil {
				return nil // the client has gone already
			}
			continue
		}
		if frame == nil {
			var err error
			if frame, err = server.ReadFrame(); err != nil {
				return fmt.Errorf("instead of %s: %w", line, err)
			}
		}
		switch {
		case sameMessage(string(frame), line[2:]):
			frame = nil
		case strings.HasPrefix(line, "> [70,") && strings.HasPrefix(string(frame), "[6,"):
		case strings.HasPrefix(line, "> [6,") && strings.HasPrefix(string(frame), "[70,"):
			frame = nil
			i-- // GOODBYE is still to come
		default:
			return fmt.Errorf("want %s, found %s", line, frame)
		}
	}
	return nil
}

// sameMessage compares messages; of HELLO, which has versions in it, only the
// realm.
func sameMessage(a, b string) bool {
	var x, y []any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil || len(x) < 2 || len(y) < 2 {
		return false
	}
	if x[0] == 1.0 {
		x, y = x[:2], y[:2]
	}
	return reflect.DeepEqual(x, y)
}
