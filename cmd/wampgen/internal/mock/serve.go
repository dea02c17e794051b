package mock

import (
	"context"
	"errors"
	"iter"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/schema/config"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/value"
)

// Serve registers all procedures. They are answered until the client ends.
func (m *Mock) Serve(ctx context.Context, client *wamp.Client) error {
	for _, p := range m.procedures {
		uri, match := value.Pattern(p.URI)
		opts := options(p, match)
		var err error
		if p.Chunk == nil {
			_, err = client.RegisterStream(ctx, uri, func(ctx context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
				return m.answer(ctx, p, in, nil, out)
			}, opts...)
		} else {
			_, err = client.RegisterBidi(ctx, uri, func(ctx context.Context, in wamp.Payload, chunks iter.Seq2[wamp.Payload, error], out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
				return m.answer(ctx, p, in, chunks, out)
			}, opts...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// options are those of the registration of a procedure.
func options(p *procedure, match string) (opts []wamp.RegisterOption) {
	switch {
	case match == "wildcard":
		opts = append(opts, wamp.WithWildcard())
	case match == "prefix" || p.Prefix:
		opts = append(opts, wamp.WithPrefix())
	}
	policies := map[string]wamp.InvokePolicy{"roundrobin": wamp.InvokeRoundRobin, "random": wamp.InvokeRandom, "first": wamp.InvokeFirst, "last": wamp.InvokeLast}
	if policy, ok := policies[p.Invoke]; ok {
		opts = append(opts, wamp.WithInvokePolicy(policy))
	}
	return opts
}

// answer answers one call. chunks is nil if the procedure has none.
func (m *Mock) answer(ctx context.Context, p *procedure, in wamp.Payload, chunks iter.Seq2[wamp.Payload, error], out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
	uri := wamp.CallInfoFrom(ctx).Procedure
	if uri == "" {
		uri = p.URI
	}
	of := p.in
	if p.Chunk != nil && p.In.Empty() && len(in.Args)+len(in.Kwargs) > 0 {
		of = value.Chunk(p.Procedure) // the first message is a chunk
	}
	input, problems := of.Render(value.Payload(in))
	if len(p.Params) > 0 && uri != p.URI {
		problems = append(value.CheckURI(p.URI, p.Params, uri), problems...)
	}
	if len(problems) > 0 {
		return wamp.Payload{}, m.refuse(uri, input, problems[0])
	}
	named, _ := p.in.Named(value.Payload(in))
	if params, ok := value.Parameters(p.URI, uri); ok {
		for name, text := range params {
			named.Map = append(named.Map, data.Entry{Key: name, Value: &data.Value{Kind: data.Plain, Text: text}})
		}
	}
	a := m.choose(p, input, named)
	if err := m.pause(ctx, m.within(a.latency)); err != nil {
		return wamp.Payload{}, err
	}
	taken, err := m.take(ctx, p, in, a, chunks, out)
	if problem, ok := errors.AsType[value.Problem](err); ok {
		return wamp.Payload{}, m.refuse(uri, input, problem)
	}
	if err != nil {
		return wamp.Payload{}, err
	}
	for i, item := range a.progress[min(taken, len(a.progress)):] {
		if i > 0 {
			if err := m.pause(ctx, a.every); err != nil {
				return wamp.Payload{}, err
			}
		}
		if err := out.Send(wamp.Payload(item)); err != nil {
			return wamp.Payload{}, err
		}
	}
	if a.fault != nil {
		m.note(uri, input, value.Payload{Args: a.fault.Args, Kwargs: a.fault.Kwargs}, a.fault.URI)
		return wamp.Payload{}, &wamp.Error{URI: a.fault.URI, Args: a.fault.Args, Kwargs: a.fault.Kwargs}
	}
	if m.options.Call != nil {
		answer, _ := value.Result(p.Procedure).Render(a.result)
		m.options.Call(Call{Procedure: uri, Input: input, Answer: answer})
	}
	return wamp.Payload(a.result), nil
}

// take takes all chunks, and sends a progressive result for each as long as there
// are any. It returns how many came; an error may be a [value.Problem] of a chunk.
func (m *Mock) take(ctx context.Context, p *procedure, in wamp.Payload, a *answer, chunks iter.Seq2[wamp.Payload, error], out wamp.Sender[wamp.Payload]) (n int, err error) {
	if chunks == nil {
		return 0, nil
	}
	of := value.Chunk(p.Procedure)
	unread := p.In.Empty() && len(in.Args)+len(in.Kwargs) == 0 // the first chunk, if there are more
	for chunk, err := range chunks {
		if err != nil {
			return n, err
		}
		var problems value.Problems
		if unread {
			problems, unread = of.Check(value.Payload(in)), false
		}
		if problems = append(problems, of.Check(value.Payload(chunk))...); len(problems) > 0 {
			return n, problems[0]
		}
		if n < len(a.progress) {
			if err := out.Send(wamp.Payload(a.progress[n])); err != nil {
				return n, err
			}
		}
		n++
	}
	return n, ctx.Err()
}

// refuse returns the error of what does not fit, and notes the call.
func (m *Mock) refuse(uri string, input []byte, problem value.Problem) error {
	refusal := wamp.NewError(wamp.ErrInvalidArgument.URI, problem.Error())
	refusal.Kwargs = map[string]any{"path": problem.Path, "rule": problem.Rule}
	m.note(uri, input, value.Payload{Args: refusal.Args, Kwargs: refusal.Kwargs}, refusal.URI)
	return refusal
}

// note passes on a call that was answered with an error.
func (m *Mock) note(uri string, input []byte, payload value.Payload, fault string) {
	if m.options.Call != nil {
		m.options.Call(Call{Procedure: uri, Input: input, Answer: value.JSON(payload), Error: fault})
	}
}

// within draws a duration of a range.
func (m *Mock) within(l config.Latency) time.Duration {
	if l.To <= l.From {
		return l.From
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return l.From + time.Duration(m.rand.Int64N(int64(l.To-l.From)+1))
}

// pause waits, or ends with ctx.
func (m *Mock) pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Publish publishes the events of all topics until ctx or the client ends. A topic
// whose event is refused has no more of them: refused is called, once at a time.
func (m *Mock) Publish(ctx context.Context, client *wamp.Client, refused func(topic string, err error)) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan func(), len(m.topics))
	running := 0
	for _, t := range m.topics {
		if len(t.events) > 0 && t.events[0].every > 0 {
			running++
			go func() { // ends with ctx
				err := m.stream(ctx, client, t)
				ended <- func() {
					if err != nil {
						refused(t.Name, err)
					}
				}
			}()
		}
	}
	for range running {
		select {
		case end := <-ended:
			end()
		case <-client.Done():
			return
		}
	}
}

// stream publishes the events of a topic in turn, or by weight, until ctx or the
// client ends; then there is no error.
func (m *Mock) stream(ctx context.Context, client *wamp.Client, t *topic) error {
	weighted := false
	for _, e := range t.events {
		weighted = weighted || e.weight != 1
	}
	opts := []wamp.PublishOption{wamp.WithAcknowledge()}
	if t.Retain {
		opts = append(opts, wamp.WithRetain())
	}
	for n := 0; ; n++ {
		e := t.events[n%len(t.events)]
		if weighted {
			e = t.events[m.pick(len(t.events), func(i int) int { return t.events[i].weight })]
		}
		if m.pause(ctx, e.every) != nil {
			return nil //nolint:nilerr // it was to end
		}
		err := client.Publish(ctx, e.uri, e.payload.Args, e.payload.Kwargs, opts...)
		switch {
		case err == nil:
		case ctx.Err() != nil, errors.Is(err, wamp.ErrClosed):
			return nil //nolint:nilerr // it was to end
		case errors.Is(err, wamp.ErrLost), errors.Is(err, wamp.ErrNotReady): // the next one has another session
		default:
			return err
		}
	}
}

// Served are how many procedures the mock answers, and to how many topics it
// publishes.
func (m *Mock) Served() (procedures, topics int) {
	for _, t := range m.topics {
		if len(t.events) > 0 && t.events[0].every > 0 {
			topics++
		}
	}
	return len(m.procedures), topics
}
