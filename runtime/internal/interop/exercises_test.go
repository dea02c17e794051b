package interop

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
)

// meeting is a cell at work.
type meeting struct {
	cell
	ours   *ours
	theirs peer
	prefix string // of this cell's URIs
	peerAt place
	again  func(context.Context) (*ours, error)
	// through connects us by way of a gate.
	through func(context.Context, *gate) (*ours, error)
}

// exercise is what both sides do in a cell.
type exercise struct {
	name string
	do   func(context.Context, *meeting) error
}

var exercises = []exercise{
	{"typed call", typedCall},
	{"typed error", typedError},
	{"complex result", complexResult},
	{"their typed result", theirResult},
	{"their typed error", theirError},
	{"typed event", typedEvent},
	{"progress by us", progressByUs},
	{"progress by them", progressByThem},
	{"chunks by us", chunksByUs},
	{"chunks by them", chunksByThem},
	{"values", values},
	{"empty payload", empty},
	{"binary", binary},
	{"64-bit integers", int64s},
	{"many calls at once", manyCalls},
	{"events", events},
	{"patterns", patterns},
	{"retained event", retained},
	{"missed events", missedEvents},
	{"cancel by us", cancelByUs},
	{"cancel by them", cancelByThem},
	{"testament by us", testamentByUs},
	{"testament by them", testamentByThem},
}

const orderPlace, orderPlaced = "com.example.shop.order.place", "com.example.shop.order.placed"

// typedCall: they call our typed procedure by position and by name, and leave the
// optional value out.
func typedCall(ctx context.Context, m *meeting) error {
	stop, err := m.ours.serveShop(ctx)
	if err != nil {
		return err
	}
	got, err := m.theirs.call(ctx, orderPlace, payload{[]any{"tea", int64(2)}, map[string]any{"note": "Grüße"}}, false).wait(ctx)
	want := payload{args: []any{map[string]any{"id": int64(1), "sku": "tea", "quantity": int64(2), "note": "Grüße"}}}
	if err := m.same("by position", got, want, err); err != nil {
		return err
	}
	got, err = m.theirs.call(ctx, orderPlace, payload{nil, map[string]any{"sku": "tea", "quantity": int64(1)}}, false).wait(ctx)
	want = payload{args: []any{map[string]any{"id": int64(1), "sku": "tea", "quantity": int64(1)}}}
	return errors.Join(m.same("by name", got, want, err), stop(ctx))
}

// typedError: our declared error reaches them with its payload, and so does
// invalid_argument.
func typedError(ctx context.Context, m *meeting) error {
	stop, err := m.ours.serveShop(ctx)
	if err != nil {
		return err
	}
	_, err = m.theirs.call(ctx, orderPlace, payload{[]any{"tea", int64(1000)}, nil}, false).wait(ctx)
	declared := m.fails(err, "com.example.shop.error.out_of_stock", payload{[]any{"sold out"}, map[string]any{"sku": "tea", "available": int64(10)}})
	_, err = m.theirs.call(ctx, orderPlace, payload{[]any{"tea", "two"}, nil}, false).wait(ctx)
	var invalid *peerError
	if !errors.As(err, &invalid) || invalid.uri != "wamp.error.invalid_argument" {
		err = fmt.Errorf("a wrong argument: want invalid_argument, found %v", err)
	} else {
		err = nil
	}
	return errors.Join(declared, err, stop(ctx))
}

// theirResult: our typed caller gets their result.
func theirResult(ctx context.Context, m *meeting) error {
	answer := payload{args: []any{map[string]any{"id": int64(7), "sku": "tea", "quantity": int64(3), "note": "日本語"}}}
	if err := m.theirs.register(ctx, orderPlace, behaviour{as: "answer", payload: answer}); err != nil {
		return err
	}
	id, text, _, err := m.ours.place(ctx, "tea", 3)
	if err != nil || id != 7 || text != "日本語" {
		return fmt.Errorf("want order 7, found %d with note %q: %w", id, text, err)
	}
	return m.rejoin(ctx) // they take a procedure back by leaving
}

// theirError: our typed caller gets their declared error.
func theirError(ctx context.Context, m *meeting) error {
	sold := payload{[]any{"sold out"}, map[string]any{"sku": "tea", "available": int64(10)}}
	err := m.theirs.register(ctx, orderPlace, behaviour{as: "refuse", error: "com.example.shop.error.out_of_stock", payload: sold})
	if err != nil {
		return err
	}
	_, _, available, err := m.ours.place(ctx, "tea", 1000)
	if err != nil || available != 10 {
		return fmt.Errorf("want the declared error with 10 available, found %d: %w", available, err)
	}
	return m.rejoin(ctx)
}

// typedEvent: our typed event reaches them, and theirs our typed subscriber.
func typedEvent(ctx context.Context, m *meeting) error {
	if err := m.theirs.subscribe(ctx, orderPlaced, nil); err != nil {
		return err
	}
	if err := m.ours.publishOrder(ctx, 7, 3); err != nil {
		return err
	}
	n, err := m.event(ctx, orderPlaced)
	want := payload{[]any{map[string]any{"id": int64(7), "sku": "tea", "quantity": int64(1)}}, map[string]any{"left": int64(3)}}
	if err := m.same("our event", n.payload, want, err); err != nil {
		return err
	}
	seen := make(chan [2]int, 1)
	stop, err := m.ours.subscribeOrders(ctx, func(id, left int) { seen <- [2]int{id, left} })
	if err != nil {
		return err
	}
	theirs := payload{[]any{map[string]any{"id": int64(8), "sku": "tea", "quantity": int64(1)}}, map[string]any{"left": int64(2)}}
	if err := m.theirs.publish(ctx, orderPlaced, theirs, nil); err != nil {
		return err
	}
	got, err := receive(ctx, "their event", seen)
	if err == nil && got != [2]int{8, 2} {
		err = fmt.Errorf("their event: want order 8 and 2 left, found %v", got)
	}
	return errors.Join(err, stop(ctx))
}

// sample are payloads that every format carries.
var sample = map[string]payload{
	"numbers":  {args: []any{int64(0), int64(-1), int64(1<<53 - 1), int64(-(1<<53 - 1)), 1.5, -0.25, 1e300}},
	"texts":    {args: []any{"", "Grüße", "日本語", "😀", "a\"b\\c\n\t", "\u2028"}},
	"nested":   {args: []any{true, false, []any{}, map[string]any{}, []any{nil, []any{int64(1), map[string]any{"a": nil}}}}},
	"null":     {args: []any{nil, nil}},
	"keywords": {kwargs: map[string]any{"a": int64(1), "größe": "x", "null": nil}},
	"both":     {args: []any{int64(1)}, kwargs: map[string]any{"a": []any{int64(2)}}},
}

// bytes are all of them, and none.
var bytes = payload{args: []any{octets(), []byte{0}}, kwargs: map[string]any{"b": octets()}}

func octets() []byte {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

// large are the ends of int64.
var large = payload{args: []any{int64(math.MaxInt64), int64(math.MinInt64)}, kwargs: map[string]any{"n": int64(math.MaxInt64)}}

func values(ctx context.Context, m *meeting) error {
	return m.echoes(ctx, sample)
}

// empty is a call and a result without a payload.
func empty(ctx context.Context, m *meeting) error {
	return m.echoes(ctx, map[string]payload{"nothing": {}})
}

func binary(ctx context.Context, m *meeting) error {
	return m.echoes(ctx, map[string]payload{"bytes": bytes})
}

func int64s(ctx context.Context, m *meeting) error {
	return m.echoes(ctx, map[string]payload{"integers": large})
}

// echoes calls in both directions with each payload; it comes back as it was.
func (m *meeting) echoes(ctx context.Context, all map[string]payload) error {
	if err := m.theirs.register(ctx, m.prefix+"theirs", behaviour{as: "echo"}); err != nil {
		return err
	}
	stop, err := m.ours.echo(ctx, m.prefix+"ours", "", nil)
	if err != nil {
		return err
	}
	var errs []error
	for name, p := range all {
		got, err := m.ours.call(ctx, m.prefix+"theirs", p)
		errs = append(errs, m.same("we call with "+name, got, p, err))
		got, err = m.theirs.call(ctx, m.prefix+"ours", p, false).wait(ctx)
		errs = append(errs, m.same("they call with "+name, got, p, err))
	}
	return errors.Join(append(errs, stop(ctx), m.rejoin(ctx))...)
}

// events: payloads in both directions, in the order of their publishing.
func events(ctx context.Context, m *meeting) error {
	if err := m.theirs.subscribe(ctx, m.prefix+"news", nil); err != nil {
		return err
	}
	seen := make(chan event, 100)
	stop, err := m.ours.subscribe(ctx, m.prefix+"news", "", false, func(e event) { seen <- e })
	if err != nil {
		return err
	}
	var errs []error
	for name, p := range sample {
		if err := m.ours.publish(ctx, m.prefix+"news", p, false); err != nil {
			return err
		}
		n, err := m.event(ctx, m.prefix+"news")
		errs = append(errs, m.same("we publish "+name, n.payload, p, err))
		if err := m.theirs.publish(ctx, m.prefix+"news", p, nil); err != nil {
			return err
		}
		e, err := receive(ctx, "their event", seen)
		errs = append(errs, m.same("they publish "+name, e.payload, p, err))
	}
	for i := range int64(100) {
		if err := m.theirs.publish(ctx, m.prefix+"news", payload{args: []any{i}}, nil); err != nil {
			return err
		}
	}
	for i := range int64(100) {
		e, err := receive(ctx, "their event", seen)
		errs = append(errs, m.same("the order of events", e.payload, payload{args: []any{i}}, err))
	}
	return errors.Join(append(errs, stop(ctx))...)
}

// patterns: topics and procedures by prefix and wildcard; the concrete URI
// arrives.
func patterns(ctx context.Context, m *meeting) error {
	uri := m.prefix + "shops.7.opened"
	for match, p := range map[string]string{"prefix": m.prefix + "shops.", "wildcard": m.prefix + "shops..opened"} {
		if match == "prefix" {
			p = strings.TrimSuffix(p, ".")
		}
		if err := m.theirs.subscribe(ctx, p, map[string]any{"match": match}); err != nil {
			return err
		}
		seen := make(chan event, 10)
		unsubscribe, err := m.ours.subscribe(ctx, p, match, false, func(e event) { seen <- e })
		if err != nil {
			return err
		}
		if err := m.ours.publish(ctx, uri, payload{args: []any{"by us"}}, false); err != nil {
			return err
		}
		if n, err := m.event(ctx, p); err != nil || n.topic != uri {
			return fmt.Errorf("our event by %s: topic %q: %w", match, n.topic, err)
		}
		if err := m.theirs.publish(ctx, uri, payload{args: []any{"by them"}}, nil); err != nil {
			return err
		}
		if e, err := receive(ctx, "their event by "+match, seen); err != nil || e.topic != uri {
			return fmt.Errorf("their event by %s: topic %q: %w", match, e.topic, err)
		}
		called := make(chan string, 1)
		unregister, err := m.ours.echo(ctx, p, match, func(uri string) { called <- uri })
		if err != nil {
			return err
		}
		if _, err := m.theirs.call(ctx, uri, payload{args: []any{int64(1)}}, false).wait(ctx); err != nil {
			return err
		}
		if got, err := receive(ctx, "the called URI", called); err != nil || got != uri {
			return fmt.Errorf("by %s the called URI is %q: %w", match, got, err)
		}
		if err := errors.Join(unsubscribe(ctx), unregister(ctx), m.rejoin(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// retained: who subscribes later gets the event that was kept.
func retained(ctx context.Context, m *meeting) error {
	kept := payload{args: []any{"kept"}}
	if err := m.theirs.publish(ctx, m.prefix+"kept.theirs", kept, map[string]any{"retain": true}); err != nil {
		return err
	}
	seen := make(chan event, 1)
	stop, err := m.ours.subscribe(ctx, m.prefix+"kept.theirs", "", true, func(e event) { seen <- e })
	if err != nil {
		return err
	}
	e, err := receive(ctx, "their retained event", seen)
	if err == nil && !e.retained {
		err = errors.New("their retained event is not marked")
	}
	if err := m.same("their retained event", e.payload, kept, err); err != nil {
		return err
	}
	if err := m.ours.publish(ctx, m.prefix+"kept.ours", kept, true); err != nil {
		return err
	}
	if err := m.theirs.subscribe(ctx, m.prefix+"kept.ours", map[string]any{"get_retained": true}); err != nil {
		return err
	}
	n, err := m.event(ctx, m.prefix+"kept.ours")
	return errors.Join(m.same("our retained event", n.payload, kept, err), stop(ctx))
}

// cancelByUs: our caller gives up, and their handler ends.
func cancelByUs(ctx context.Context, m *meeting) error {
	if err := m.theirs.register(ctx, m.prefix+"hang", behaviour{as: "hang"}); err != nil {
		return err
	}
	call, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := m.ours.call(call, m.prefix+"hang", payload{})
		done <- err
	}()
	if _, err := m.noted(ctx, "a call", func(n note) bool { return n.hangs }); err != nil {
		return err
	}
	cancel()
	// With mode kill it may be their answer that ends the call.
	err, late := receive(ctx, "the end of our call", done)
	if late != nil || !errors.Is(err, context.Canceled) && !answered(err) {
		return errors.Join(fmt.Errorf("our call ended with %w", err), late)
	}
	_, err = m.noted(ctx, "an INTERRUPT", func(n note) bool { return n.interrupted })
	return errors.Join(err, m.rejoin(ctx))
}

// cancelByThem: their caller gives up, and our handler's ctx ends.
func cancelByThem(ctx context.Context, m *meeting) error {
	begun, ended := make(chan bool, 1), make(chan error, 1)
	stop, err := m.ours.hang(ctx, m.prefix+"ours.hang", func() { begun <- true }, func(err error) { ended <- err })
	if err != nil {
		return err
	}
	c := m.theirs.call(ctx, m.prefix+"ours.hang", payload{}, false)
	if _, err := receive(ctx, "their call", begun); err != nil {
		return err
	}
	c.cancel()
	if cause, err := receive(ctx, "the end of our handler", ended); err != nil {
		return errors.Join(cause, err)
	}
	if _, err := c.wait(ctx); err == nil {
		return errors.New("their call succeeded")
	} else if ctx.Err() != nil {
		return err
	}
	return stop(ctx)
}

// rejoin lets the peer begin anew, without its procedures and subscriptions.
func (m *meeting) rejoin(ctx context.Context) error {
	if err := m.theirs.leave(ctx); err != nil {
		return err
	}
	return m.theirs.join(ctx, m.peerAt)
}

// event returns the next event of one of the peer's subscriptions.
func (m *meeting) event(ctx context.Context, uri string) (note, error) {
	return m.noted(ctx, "an event of "+uri, func(n note) bool { return n.event == uri })
}

// noted returns the next note that fits.
func (m *meeting) noted(ctx context.Context, what string, fits func(note) bool) (note, error) {
	for {
		select {
		case n := <-m.theirs.notes():
			if fits(n) {
				return n, nil
			}
		case <-ctx.Done():
			return note{}, fmt.Errorf("the peer did not get %s: %w", what, ctx.Err())
		}
	}
}

func receive[T any](ctx context.Context, what string, from <-chan T) (v T, err error) {
	select {
	case v = <-from:
		return v, nil
	case <-ctx.Done():
		return v, fmt.Errorf("%s did not come: %w", what, ctx.Err())
	}
}

// same compares a payload. JavaScript has one kind of number, so that there a
// float may stand for an integer of the same value.
func (m *meeting) same(what string, got, want payload, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	loose := m.library == "autobahn-js" || m.library == "wampy"
	if !equal(got.args, want.args, loose) || !equal(got.kwargs, want.kwargs, loose) {
		return fmt.Errorf("%s: want %.120q %.120q, found %.120q %.120q", what,
			fmt.Sprint(want.args), fmt.Sprint(want.kwargs), fmt.Sprint(got.args), fmt.Sprint(got.kwargs))
	}
	return nil
}

func (m *meeting) fails(err error, uri string, p payload) error {
	var e *peerError
	if !errors.As(err, &e) || e.uri != uri {
		return fmt.Errorf("want %s, found %w", uri, err)
	}
	return m.same(uri, e.payload, p, nil)
}

func equal(got, want any, loose bool) bool {
	switch want := want.(type) {
	case []any:
		got, ok := got.([]any)
		if !ok && len(want) > 0 || len(got) != len(want) {
			return false
		}
		for i := range want {
			if !equal(got[i], want[i], loose) {
				return false
			}
		}
		return true
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok && len(want) > 0 || len(got) != len(want) {
			return false
		}
		for k := range want {
			v, ok := got[k]
			if !ok || !equal(v, want[k], loose) {
				return false
			}
		}
		return true
	case int64:
		if f, ok := got.(float64); ok && loose {
			return int64(f) == want
		}
	}
	return reflect.DeepEqual(got, want)
}

// exerciseLimit bounds one exercise; it takes some milliseconds.
const exerciseLimit = 2 * time.Minute
