package interop

import (
	"context"
	"errors"
	"fmt"

	wamp "github.com/wampgen/wampgen/runtime"
)

// halfForgotten loses its connection and gets what was published meanwhile from a
// full history, of whose oldest event the router has forgotten all but one of its
// two places.
func halfForgotten(ctx context.Context, s *stage) error {
	const topic, size = "brief", 4 // as crossbar/node/mkconfig.py has it
	var clients [3]*wamp.Client
	for i := range clients {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		clients[i] = c
	}
	p, other, c := clients[0], clients[1], clients[2] // the last connection is the one to be cut
	publish := func(n int) error { return p.Publish(ctx, topic, []any{n}, nil, wamp.WithAcknowledge()) }
	gone := make(chan bool, 1)
	_, err := p.Subscribe(ctx, "wamp.session.on_leave", func(context.Context, wamp.Payload) error { gone <- true; return nil })
	if err != nil {
		return err
	}
	if _, err := other.Subscribe(ctx, topic, func(context.Context, wamp.Payload) error { return nil }); err != nil {
		return err
	}
	seen, err := resume(ctx, c, topic)
	if err != nil {
		return err
	}
	for n := range int64(size) { // each has two places
		err := publish(int(n))
		if got, late := receive(ctx, "an event", seen); err != nil || late != nil || got != n {
			return errors.Join(fmt.Errorf("want event %d, found %d", n, got), err, late)
		}
	}
	mend := s.cut()
	_, err = receive(ctx, "the end of the session", gone)
	err = errors.Join(err, publish(size)) // it has one place and takes that of half an event
	mend()
	got, late := receive(ctx, "the missed event", seen)
	if err := errors.Join(err, late); err != nil || got != size {
		return fmt.Errorf("want event %d, found %d: %w", size, got, err)
	}
	return nil
}
