package wamp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// common is what the parts of a client share: its configuration, the session of
// the moment, and where handlers run. It knows neither registrations nor
// subscriptions, nor how sessions come and go.
type common struct {
	cfg   config
	realm string
	// handlers is the parent of every handler's ctx; stop cancels it.
	handlers context.Context
	stop     context.CancelCauseFunc
	// draining ends when Drain begins.
	draining   context.Context
	beginDrain context.CancelFunc
	pool       *dispatch.Pool
	lane       *dispatch.Lane // of all procedures without one of their own
	streams    *dispatch.Lane // of those with progressive results
	urgent     *dispatch.Lane // of those with high priority
	// memory is what decoded payloads may take until their handlers return.
	memory *codec.Budget
	spare  session.Pool // of waiters and buffers
	unfits sync.Map     // of unfit: what typedError has logged
	board  board        // has a lock of its own
	// unretained has the URLs of routers that warnRetention has logged.
	unretained sync.Map
	counters   counters
	// absences are the procedures that calls find without a callee.
	absences absences

	// live is the session that operations use, nil while there is none.
	live atomic.Pointer[session.Session]

	mu      sync.Mutex       // protects the following, and the lists of intents
	session *session.Session // the session that intents belong to; it may be recovering
	opened  time.Time        // when it was announced, zero until then
	number  uint64           // how many sessions were announced
	usable  chan struct{}    // closed when it is announced
	ended   error            // why the client ends, set before handlers is cancelled for that
}

// closing is closed when Close was called.
func (c *common) closing() <-chan struct{} { return c.handlers.Done() }

// acquire returns the session to use, waiting for one under ctx unless
// failFast. Its errors are safe to retry. An operation whose ctx has ended
// before it began gets none.
func (c *common) acquire(ctx context.Context, failFast bool) (*session.Session, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, session.Unsent(err)
		}
		if s := c.live.Load(); s != nil {
			return s, nil
		}
		c.mu.Lock()
		usable := c.usable
		c.mu.Unlock()
		if c.handlers.Err() != nil {
			return nil, session.Unsent(c.endError())
		}
		if failFast && c.live.Load() == nil {
			return nil, session.Unsent(ErrNotReady)
		}
		select {
		case <-usable:
		case <-ctx.Done():
			return nil, session.Unsent(ctx.Err())
		case <-c.closing():
		}
	}
}

// endError is what operations on a client that has ended answer: ErrClosed,
// or why the supervisor gave up.
func (c *common) endError() error {
	if err := c.reason(); err != nil && !errors.Is(err, ErrClosed) {
		return fmt.Errorf("%w: %w", ErrClosed, part{err})
	}
	return ErrClosed
}

// reason is why the supervisor ends, nil while it does not.
func (c *common) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// announce announces s as the session that operations use; mu is held.
func (c *common) announce(s *session.Session) {
	if c.session == s && c.live.Load() == nil {
		c.opened = time.Now()
		c.number++
		c.live.Store(s)
		close(c.usable)
	}
}

// retire takes a session that is about to end out of use.
func (c *common) retire(s *session.Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session != s {
		return
	}
	c.session = nil
	if c.live.CompareAndSwap(s, nil) {
		c.usable = make(chan struct{})
	}
}

// openedAt returns when the last session was announced, zero if it was not.
func (c *common) openedAt() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.opened
}

// reopened reports whether there is a session, and returns when it was announced,
// zero if it is the first one.
func (c *common) reopened() (at time.Time, open bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.number > 1 {
		at = c.opened
	}
	return at, c.live.Load() != nil
}

// limit gives d the limits for what it makes.
func (c *common) limit(d *codec.Decoder) { d.Limit(c.cfg.limits.PayloadMemory, c.memory) }

// strictness is how results and events are read.
func (c *common) strictness() codec.Strictness {
	if c.cfg.validate {
		return codec.Closed
	}
	return codec.Lenient
}
