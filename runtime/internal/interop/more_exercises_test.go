package interop

import (
	"context"
	"errors"
	"fmt"

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
