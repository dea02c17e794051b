package interop

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/wampgen/wampgen/runtime/internal/interop/tour"
)

// progressByUs: they get the progressive results of our typed procedure, in order
// and before its result.
func progressByUs(ctx context.Context, m *meeting) (err error) {
	stop, err := m.ours.guide(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop(ctx)) }()
	c := m.theirs.call(ctx, tour.StageWalkProcedure, payload{args: []any{int64(3)}}, true)
	for i := range int64(3) {
		n, err := m.noted(ctx, "a progressive result", func(n note) bool { return n.progress })
		want := payload{args: []any{i + 1, fmt.Sprintf("km %d", i+1)}}
		if err := m.same("our progressive result", n.payload, want, err); err != nil {
			return err
		}
	}
	got, err := c.wait(ctx)
	return m.same("our result", got, payload{args: []any{int64(3)}}, err)
}

// progressByThem: our typed stream has their progressive results and their result.
func progressByThem(ctx context.Context, m *meeting) error {
	if err := m.theirs.register(ctx, tour.StageWalkProcedure, behaviour{as: "walk"}); err != nil {
		return err
	}
	seen, result, err := m.ours.walk(ctx, 3)
	if want := "[{1 km 1} {2 km 2} {3 km 3}]"; err != nil || fmt.Sprint(seen) != want || result != 3 {
		return fmt.Errorf("want %s and 3, found %v and %d: %w", want, seen, result, err)
	}
	return m.rejoin(ctx)
}

// complexResult: a result of several values, some of them with names, in both
// directions.
func complexResult(ctx context.Context, m *meeting) error {
	stop, err := m.ours.guide(ctx)
	if err != nil {
		return err
	}
	got, err := m.theirs.call(ctx, tour.StagePlanProcedure, payload{[]any{"Köln", "Bonn"}, map[string]any{"pace": 4.5}}, false).wait(ctx)
	want := payload{[]any{30 / 4.5, []any{"Köln", "Bonn"}}, map[string]any{"rest": false}}
	if err := errors.Join(m.same("our result", got, want, err), stop(ctx)); err != nil {
		return err
	}
	theirs := payload{[]any{8.5, []any{"Bonn", "", "Köln"}}, map[string]any{"rest": true}}
	if err := m.theirs.register(ctx, tour.StagePlanProcedure, behaviour{as: "answer", payload: theirs}); err != nil {
		return err
	}
	plan, err := m.ours.plan(ctx, "Bonn", "Köln")
	if want := "{8.5 [Bonn  Köln] true}"; err != nil || fmt.Sprint(plan) != want {
		return fmt.Errorf("their result: want %s, found %v: %w", want, plan, err)
	}
	return m.rejoin(ctx)
}

// manyCalls are made in both directions at the same time, and each has its own
// result.
func manyCalls(ctx context.Context, m *meeting) error {
	const n = 40 // below the 64 messages that nexus keeps for a client
	if err := m.theirs.register(ctx, m.prefix+"theirs", behaviour{as: "echo"}); err != nil {
		return err
	}
	stop, err := m.ours.echo(ctx, m.prefix+"ours", "", nil)
	if err != nil {
		return err
	}
	var calls sync.WaitGroup
	errs := make([]error, 2*n)
	for i := range int64(n) {
		p := payload{args: []any{i, fmt.Sprint("call ", i)}}
		calls.Go(func() {
			got, err := m.ours.call(ctx, m.prefix+"theirs", p)
			errs[i] = m.same("our call", got, p, err)
		})
		theirs := m.theirs.call(ctx, m.prefix+"ours", p, false)
		calls.Go(func() {
			got, err := theirs.wait(ctx)
			errs[n+i] = m.same("their call", got, p, err)
		})
	}
	calls.Wait()
	return errors.Join(append(errs, stop(ctx), m.rejoin(ctx))...)
}

// will is the arguments with which a session leaves farewell for a topic.
func will(topic string) payload {
	return payload{args: []any{topic, farewell.args, farewell.kwargs}}
}

var farewell = payload{[]any{"farewell"}, map[string]any{"n": int64(1)}}

// testamentByUs: they get the event that our session left.
func testamentByUs(ctx context.Context, m *meeting) error {
	topic := m.prefix + "our.will"
	if err := m.theirs.subscribe(ctx, topic, nil); err != nil {
		return err
	}
	mortal, err := m.again(ctx)
	if err != nil {
		return err
	}
	_, err = mortal.call(ctx, "wamp.session.add_testament", will(topic))
	if err := errors.Join(err, mortal.close(ctx)); err != nil {
		return err
	}
	n, err := m.event(ctx, topic)
	return m.same("our testament", n.payload, farewell, err)
}

// testamentByThem: we get the event that their session left.
func testamentByThem(ctx context.Context, m *meeting) error {
	topic := m.prefix + "their.will"
	seen := make(chan event, 1)
	stop, err := m.ours.subscribe(ctx, topic, "", false, func(e event) { seen <- e })
	if err != nil {
		return err
	}
	_, err = m.theirs.call(ctx, "wamp.session.add_testament", will(topic), false).wait(ctx)
	if err := errors.Join(err, m.rejoin(ctx)); err != nil {
		return err
	}
	e, err := receive(ctx, "their testament", seen)
	return errors.Join(m.same("their testament", e.payload, farewell, err), stop(ctx))
}

// missedEvents: we lose our connection, they publish, and we get what we missed.
func missedEvents(ctx context.Context, m *meeting) error {
	const topic = "hist"
	g := newGate()
	us, err := m.through(ctx, g)
	if err != nil {
		return err
	}
	seen := make(chan event, 10)
	if err := us.resume(ctx, topic, func(e event) { seen <- e }); err != nil {
		return errors.Join(err, us.close(ctx))
	}
	// The routers keep a history only while somebody gets the events.
	stop, err := m.ours.subscribe(ctx, topic, "", false, func(event) {})
	if err != nil {
		return errors.Join(err, us.close(ctx))
	}
	publish := func(n int64) error {
		return m.theirs.publish(ctx, topic, payload{args: []any{m.prefix, n}}, nil)
	}
	expect := func(n int64) error {
		e, err := receive(ctx, fmt.Sprintf("event %d", n), seen)
		if err != nil {
			err = fmt.Errorf("%w; our client: %s", err, us.status())
		}
		return m.same("their event", e.payload, payload{args: []any{m.prefix, n}}, err)
	}
	err = errors.Join(publish(1), expect(1))
	if err == nil {
		mend := g.cut()
		err = errors.Join(publish(2), publish(3))
		mend()
		err = errors.Join(err, expect(2), expect(3))
	}
	return errors.Join(err, stop(ctx), us.close(ctx))
}
