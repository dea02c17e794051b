package interop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/transport/serialize"
	"github.com/gammazero/nexus/v3/wamp"
)

// nexusPeer is the client of nexus, in this process.
type nexusPeer struct {
	client *client.Client
	noted  chan note
}

func newNexusPeer() *nexusPeer { return &nexusPeer{noted: make(chan note, 4096)} }

func (n *nexusPeer) join(ctx context.Context, at place) (err error) {
	serializers := map[string]serialize.Serialization{"json": serialize.JSON, "msgpack": serialize.MSGPACK, "cbor": serialize.CBOR}
	n.client, err = client.ConnectNet(ctx, at.url, client.Config{
		Realm: realm, Serialization: serializers[at.format], ResponseTimeout: exerciseLimit, Logger: log.New(io.Discard, "", 0),
	})
	return err
}

func (n *nexusPeer) leave(context.Context) error { return n.client.Close() }
func (n *nexusPeer) notes() <-chan note          { return n.noted }

func (n *nexusPeer) call(ctx context.Context, uri string, p payload, progress bool) *pending {
	var progressed client.ProgressHandler
	if progress {
		progressed = n.progressed
	}
	return settled(ctx, func(ctx context.Context) (*wamp.Result, error) {
		return n.client.Call(ctx, uri, nil, list(p), p.kwargs, progressed)
	})
}

// chat sends p with the call, and nothing with the last message.
func (n *nexusPeer) chat(ctx context.Context, uri string, p payload, chunks []payload) *pending {
	messages := append(append([]payload{p}, chunks...), payload{})
	next := func(context.Context) (wamp.Dict, wamp.List, wamp.Dict, error) {
		m := messages[0]
		messages = messages[1:]
		return wamp.Dict{wamp.OptProgress: len(messages) > 0}, list(m), m.kwargs, nil
	}
	return settled(ctx, func(ctx context.Context) (*wamp.Result, error) {
		return n.client.CallProgressive(ctx, uri, next, n.progressed)
	})
}

func (n *nexusPeer) progressed(r *wamp.Result) {
	n.noted <- note{progress: true, payload: normal(r.Arguments, r.ArgumentsKw)}
}

// settled makes a call.
func settled(ctx context.Context, call func(context.Context) (*wamp.Result, error)) *pending {
	ctx, cancel := context.WithCancel(ctx)
	c := &pending{done: make(chan struct{}), cancel: cancel}
	go func() {
		defer close(c.done)
		out, err := call(ctx)
		if out != nil {
			c.result = normal(out.Arguments, out.ArgumentsKw)
		}
		if failed, ok := errors.AsType[client.RPCError](err); ok {
			err = &peerError{string(failed.Err.Error), normal(failed.Err.Arguments, failed.Err.ArgumentsKw)}
		}
		c.err = err
	}()
	return c
}

func (n *nexusPeer) register(_ context.Context, uri string, r behaviour) error {
	return n.client.Register(uri, func(ctx context.Context, i *wamp.Invocation) client.InvokeResult {
		switch r.as {
		case "echo":
			return client.InvokeResult{Args: i.Arguments, Kwargs: i.ArgumentsKw}
		case "answer":
			return client.InvokeResult{Args: r.payload.args, Kwargs: r.payload.kwargs}
		case "refuse":
			return client.InvokeResult{Args: r.payload.args, Kwargs: r.payload.kwargs, Err: wamp.URI(r.error)}
		case "walk":
			return n.walk(ctx, i)
		case "chat":
			return n.answer(ctx, i)
		}
		n.noted <- note{hangs: true}
		<-ctx.Done()
		n.noted <- note{interrupted: true}
		return client.InvocationCanceled
	}, r.options)
}

func (n *nexusPeer) walk(ctx context.Context, i *wamp.Invocation) client.InvokeResult {
	kilometres, _ := wamp.AsInt64(i.Arguments[0])
	for k := int64(1); k <= kilometres; k++ {
		if err := n.client.SendProgress(ctx, wamp.List{k, fmt.Sprintf("km %d", k)}, nil); err != nil {
			return client.InvokeResult{Err: wamp.URI(err.Error())}
		}
	}
	return client.InvokeResult{Args: wamp.List{kilometres}}
}

// answer returns a chunk as a progressive result. The call itself has a ticket, and
// the last message nothing.
func (n *nexusPeer) answer(ctx context.Context, i *wamp.Invocation) client.InvokeResult {
	more, _ := wamp.AsBool(i.Details[wamp.OptProgress])
	if !more {
		return client.InvokeResult{}
	}
	if _, ok := wamp.AsDict(i.Arguments[0]); ok {
		if err := n.client.SendProgress(ctx, i.Arguments, i.ArgumentsKw); err != nil {
			return client.InvokeResult{Err: wamp.URI(err.Error())}
		}
	}
	return client.InvokeResult{Err: wamp.InternalProgressiveOmitResult}
}

func (n *nexusPeer) subscribe(_ context.Context, uri string, options map[string]any) error {
	return n.client.Subscribe(uri, func(e *wamp.Event) {
		topic, _ := wamp.AsString(e.Details["topic"])
		retained, _ := wamp.AsBool(e.Details["retained"])
		n.noted <- note{event: uri, topic: topic, retained: retained, payload: normal(e.Arguments, e.ArgumentsKw)}
	}, options)
}

func (n *nexusPeer) publish(_ context.Context, uri string, p payload, options map[string]any) error {
	d := wamp.Dict{"acknowledge": true}
	maps.Copy(d, options)
	return n.client.Publish(uri, d, list(p), p.kwargs)
}

// list returns the arguments: nil would be null on the wire, which Crossbar.io
// refuses.
func list(p payload) wamp.List { return append(wamp.List{}, p.args...) }

// normal makes what nexus decoded comparable: it keeps the types of the wire.
func normal(args wamp.List, kwargs wamp.Dict) payload {
	a, _ := normalValue(args).([]any)
	k, _ := normalValue(kwargs).(map[string]any)
	return payload{a, k}
}

func normalValue(v any) any {
	switch v := v.(type) {
	case wamp.List:
		return normalValue([]any(v))
	case wamp.Dict:
		return normalValue(map[string]any(v))
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = normalValue(v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = normalValue(v[k])
		}
		return out
	case float32, float64, nil, bool, string, []byte:
		return v
	}
	if n, ok := wamp.AsInt64(v); ok {
		return n
	}
	return v
}
