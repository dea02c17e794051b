package interop

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// peer is a foreign client that does what it is told. It has one session at a
// time. What its procedures and subscriptions see arrives at notes.
type peer interface {
	join(ctx context.Context, at place) error
	// call makes a call; with progress its progressive results are noted.
	call(ctx context.Context, uri string, p payload, progress bool) *pending
	register(ctx context.Context, uri string, r behaviour) error
	subscribe(ctx context.Context, uri string, options map[string]any) error
	publish(ctx context.Context, uri string, p payload, options map[string]any) error
	leave(ctx context.Context) error
	notes() <-chan note
}

// place is where a peer joins, and in which form.
type place struct {
	url, format string
	batched     bool
}

// payload is what a message carries.
type payload struct {
	args   []any
	kwargs map[string]any
}

// behaviour is what a procedure of a peer does: "echo" returns what it gets,
// "answer" returns the payload, "refuse" fails with error and the payload, "walk"
// sends as many progressive results as its argument says, and "hang" waits until
// it is interrupted.
type behaviour struct {
	as      string
	error   string
	payload payload
	options map[string]any
}

// note is what a peer reports by itself: an event, a progressive result, a call
// that hangs, or the end of one.
type note struct {
	event              string // the subscription's URI
	topic              string
	retained           bool
	payload            payload
	progress           bool
	hangs, interrupted bool
}

// peerError is an ERROR that a peer received, or what else went wrong there.
type peerError struct {
	uri     string
	payload payload
}

func (e *peerError) Error() string {
	return fmt.Sprintf("%s %v %v", e.uri, e.payload.args, e.payload.kwargs)
}

// pending is a call of a peer.
type pending struct {
	done   chan struct{} // closed when result and err are set
	result payload
	err    error
	cancel func()
}

func (p *pending) wait(ctx context.Context) (payload, error) {
	select {
	case <-p.done:
		return p.result, p.err
	case <-ctx.Done():
		return payload{}, fmt.Errorf("the peer's call has no answer: %w", ctx.Err())
	}
}

// process is a peer in a process of its own, which takes commands and gives
// answers as lines of JSON.
type process struct {
	cmd   *exec.Cmd
	noted chan note

	mu      sync.Mutex
	in      io.WriteCloser
	last    int
	waiting map[int]*pending
	ended   error
}

// startProcess runs a peer of the folder peers.
func startProcess(env []string, name string, args ...string) (*process, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, in: in, noted: make(chan note, 4096), waiting: map[int]*pending{}}
	go p.read(bufio.NewReader(out))
	return p, nil
}

// stop ends the process, which leaves when its input ends.
func (p *process) stop() {
	_ = p.in.Close()
	late := time.AfterFunc(10*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	_ = p.cmd.Wait()
}

type wirePayload struct {
	Args   []any          `json:"args"`
	Kwargs map[string]any `json:"kwargs"`
}

func (w wirePayload) payload() payload {
	args, _ := unmark(w.Args).([]any)
	kwargs, _ := unmark(w.Kwargs).(map[string]any)
	return payload{args, kwargs}
}

// line is what a peer says.
type line struct {
	N     int          `json:"n"`
	OK    *wirePayload `json:"ok"`
	Error *struct {
		URI string `json:"uri"`
		wirePayload
	} `json:"error"`
	Event       string `json:"event"`
	Topic       string `json:"topic"`
	Retained    bool   `json:"retained"`
	Progress    bool   `json:"progress"`
	Hangs       bool   `json:"hangs"`
	Interrupted bool   `json:"interrupted"`
	wirePayload
}

func (p *process) read(r *bufio.Reader) {
	d := json.NewDecoder(r)
	d.UseNumber()
	for {
		var l line
		if err := d.Decode(&l); err != nil {
			p.end(fmt.Errorf("the peer ended: %w", err))
			return
		}
		switch {
		case l.Event != "" || l.Progress || l.Hangs || l.Interrupted:
			p.noted <- note{l.Event, l.Topic, l.Retained, l.payload(), l.Progress, l.Hangs, l.Interrupted}
		case l.Error != nil:
			p.settle(l.N, payload{}, &peerError{l.Error.URI, l.Error.payload()})
		case l.OK != nil:
			p.settle(l.N, l.OK.payload(), nil)
		default:
			p.settle(l.N, payload{}, nil)
		}
	}
}

func (p *process) settle(n int, result payload, err error) {
	p.mu.Lock()
	c := p.waiting[n]
	delete(p.waiting, n)
	p.mu.Unlock()
	if c != nil {
		c.result, c.err = result, err
		close(c.done)
	}
}

func (p *process) end(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = err
	for n, c := range p.waiting {
		delete(p.waiting, n)
		c.err = err
		close(c.done)
	}
}

// send gives a command and returns what waits for its answer.
func (p *process) send(do string, fields map[string]any) *pending {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last++
	n := p.last
	c := &pending{done: make(chan struct{}), cancel: func() { p.send("cancel", map[string]any{"of": n}) }}
	fields["n"], fields["do"] = n, do
	text, err := json.Marshal(fields)
	if err == nil {
		err = p.ended
	}
	if err == nil {
		_, err = p.in.Write(append(text, '\n'))
	}
	if err != nil {
		c.err = err
		close(c.done)
		return c
	}
	p.waiting[n] = c
	return c
}

func (p *process) do(ctx context.Context, do string, fields map[string]any) error {
	_, err := p.send(do, fields).wait(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", do, err)
	}
	return nil
}

func withPayload(p payload, fields map[string]any) map[string]any {
	fields["args"], fields["kwargs"] = mark(append([]any{}, p.args...)), map[string]any{}
	if p.kwargs != nil {
		fields["kwargs"] = mark(p.kwargs)
	}
	return fields
}

func (p *process) join(ctx context.Context, at place) error {
	return p.do(ctx, "join", map[string]any{"url": at.url, "realm": realm, "serializer": at.format, "batched": at.batched})
}

func (p *process) call(_ context.Context, uri string, what payload, progress bool) *pending {
	return p.send("call", withPayload(what, map[string]any{"uri": uri, "progress": progress}))
}

func (p *process) register(ctx context.Context, uri string, r behaviour) error {
	fields := map[string]any{"uri": uri, "as": r.as, "error": r.error}
	if r.options != nil {
		fields["options"] = r.options
	}
	return p.do(ctx, "register", withPayload(r.payload, fields))
}

func (p *process) subscribe(ctx context.Context, uri string, options map[string]any) error {
	fields := map[string]any{"uri": uri}
	if options != nil {
		fields["options"] = options
	}
	return p.do(ctx, "subscribe", fields)
}

func (p *process) publish(ctx context.Context, uri string, what payload, options map[string]any) error {
	fields := withPayload(what, map[string]any{"uri": uri})
	if options != nil {
		fields["options"] = options
	}
	return p.do(ctx, "publish", fields)
}

func (p *process) leave(ctx context.Context) error { return p.do(ctx, "leave", map[string]any{}) }

func (p *process) notes() <-chan note { return p.noted }

// mark makes JSON of a value: what JSON cannot hold has a mark.
func mark(v any) any {
	const exact = 1<<53 - 1
	switch v := v.(type) {
	case []byte:
		return map[string]any{"$bytes": base64.StdEncoding.EncodeToString(v)}
	case int64:
		if v > exact || v < -exact {
			return map[string]any{"$int": fmt.Sprint(v)}
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = mark(v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = mark(v[k])
		}
		return out
	}
	return v
}

// unmark takes the marks of mark away and gives numbers the type that they look
// like.
func unmark(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil && !strings.ContainsAny(v.String(), ".eE") {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = unmark(v[i])
		}
		return out
	case map[string]any:
		if text, ok := v["$bytes"].(string); ok {
			b, _ := base64.StdEncoding.DecodeString(text)
			return b
		}
		if text, ok := v["$int"].(string); ok {
			return unmark(json.Number(text))
		}
		out := map[string]any{}
		for k := range v {
			out[k] = unmark(v[k])
		}
		return out
	}
	return v
}
