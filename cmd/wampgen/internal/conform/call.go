package conform

import (
	"context"
	"errors"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/schema/value"
)

// answer is what came of a call.
type answer struct {
	progress []value.Payload
	result   value.Payload
	// reply is the error that a peer has answered with, nil if it is none.
	reply *wamp.Error
	// late reports that there was no answer in time, unsent that this side did not
	// send the call.
	late, unsent bool
}

// call makes one call. Its error is that of a session that has ended.
func (r *run) call(ctx context.Context, in *Call) (answer, error) {
	limited, cancel := context.WithTimeout(ctx, r.patience())
	defer cancel()
	opts := []wamp.CallOption{wamp.WithGrace(0)}
	if r.procedure.DiscloseMe {
		opts = append(opts, wamp.WithDiscloseMe())
	}
	a, err := r.exchange(limited, in, opts)
	reply, isReply := errors.AsType[*wamp.Error](err)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return a, ctx.Err()
	case limited.Err() != nil:
		a.late = true
	case isReply && wamp.IsPeer(err):
		a.reply = reply
	case errors.Is(err, wamp.ErrLost), errors.Is(err, wamp.ErrClosed):
		return a, err
	default:
		a.unsent = true
	}
	return a, nil
}

// patience is how long a call may take.
func (r *run) patience() time.Duration {
	const usual = 10 * time.Second
	switch {
	case r.options.Timeout > 0:
		return r.options.Timeout
	case r.procedure.Timeout > 0:
		return r.procedure.Timeout
	}
	return usual
}

// exchange makes a call of the kind that the procedure has.
func (r *run) exchange(ctx context.Context, in *Call, opts []wamp.CallOption) (a answer, err error) {
	var result wamp.Payload
	switch args, kwargs := in.Payload.Args, in.Payload.Kwargs; {
	case r.procedure.Chunk != nil && in.Progress:
		b := r.client.CallBidi(ctx, in.URI, args, kwargs, opts...)
		defer b.Close()
		for _, c := range in.Chunks {
			if b.Send(wamp.Payload(c)) != nil {
				break // the call has ended, and its error says why
			}
		}
		_ = b.CloseSend() // the same
		result, err = a.collect(b)
	case r.procedure.Chunk != nil:
		result, err = r.client.CallChunks(ctx, in.URI, args, kwargs, func(yield func(wamp.Payload, error) bool) {
			for _, c := range in.Chunks {
				if !yield(wamp.Payload(c), nil) {
					return
				}
			}
		}, opts...)
	case in.Progress:
		s := r.client.CallStream(ctx, in.URI, args, kwargs, opts...)
		defer s.Close()
		result, err = a.collect(s)
	default:
		result, err = r.client.Call(ctx, in.URI, args, kwargs, opts...)
	}
	a.result = value.Payload(result)
	return a, err
}

// collect reads a stream to its end.
func (a *answer) collect(s wamp.Stream[wamp.Payload, wamp.Payload]) (wamp.Payload, error) {
	for item, err := range s.All() {
		if err == nil && len(a.progress) < mostProgress {
			a.progress = append(a.progress, value.Payload(item))
		}
	}
	return s.Result()
}

// mostProgress is how many progressive results of a call are looked at.
const mostProgress = 100
