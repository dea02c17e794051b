package wamp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/transport"
)

// session is one connection to one router: it dies once and knows nothing of
// retry. Its reader and writer are the only goroutines that touch the link.
type session struct {
	client *Client
	link   *transport.Link

	// steps carries what the router says before the session is established.
	steps chan step
	// wake tells the writer that something waits; it holds one token.
	wake chan struct{}
	// life ends with the session; err is set before.
	life context.Context
	die  context.CancelFunc
	// loops joins reader and writer.
	loops sync.WaitGroup

	// router and login are the supervisor's.
	router *router
	login  login
	// asking is the first intent that had no reply when the session ended amid
	// restoring, suspected whether it was a suspect; the supervisor's too.
	asking    *intent
	suspected bool
	// behind are the subscriptions that have yet to catch up with their history,
	// fetching whether the session ended meanwhile.
	behind   []behind
	fetching bool
	// born is when the connection was open. id and realm are set before the session
	// is announced and never after, opened when it is announced, zero until then.
	born   time.Time
	id     ID
	realm  string
	opened time.Time

	mu        sync.Mutex // protects the following
	core      *core.Session
	room      chan struct{} // closed when the writer takes the queue; nil when nobody waits
	err       error
	closeCode int // of the WebSocket close frame; 0: close without a word
}

// step is one message of the handshake, copied out of the reader's message.
type step struct {
	kind    core.EffectKind
	session uint64
	method  string
	details codec.Raw
}

// errGone is what a command on a session that has ended gets before anything
// is queued: the caller goes on with the next session.
var errGone = errors.New("wamp: session has ended")

// gone tells that the session ended before a request was queued on it.
func gone(err error) bool { return errors.Is(err, errGone) }

// WebSocket close codes (RFC 6455 section 7.4.1).
const (
	closeNormal    = 1000
	closeViolation = 1002
	closeTooLarge  = 1009
)

// dial opens a connection and starts the goroutines of its session.
func (c *Client) dial(ctx context.Context, url string) (*session, error) {
	s := &session{
		client: c,
		steps:  make(chan step, 2),
		wake:   make(chan struct{}, 1),
	}
	s.life, s.die = context.WithCancel(context.Background())
	o := c.cfg.link
	o.Wake = s.signal
	link, err := c.cfg.dialer.Dial(ctx, url, o)
	if err != nil {
		s.die()
		return nil, err
	}
	s.link, s.born = link, time.Now()
	l := c.cfg.limits
	s.core = core.NewSession(link.Format, core.Limits{
		Send: c.sendLimit(link), Pending: l.Pending, Replies: maxReplies,
	})
	s.loops.Add(2)
	go s.read()  // reader: ends on a read error; joined by join
	go s.write() // writer: ends when the session has; joined by join
	return s, nil
}

// sendLimit is the largest message that may be sent over link.
func (c *Client) sendLimit(link *transport.Link) int {
	if link.SendLimit > 0 {
		return min(link.SendLimit, c.cfg.writeLimit)
	}
	return c.cfg.writeLimit
}

// maxReplies is how many answers may wait for a router that makes us answer and
// does not read, some 8 MiB. The reader queues them without waiting, so this is
// far above what a flood of invocations brings before the writer has its turn.
const maxReplies = 64 << 10

// signal wakes the writer. It never blocks.
func (s *session) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// lockRoom waits until the queue has room for one more message and returns
// with mu held. An error means nothing was queued.
func (s *session) lockRoom(ctx context.Context) error {
	l := &s.client.cfg.limits
	for {
		s.mu.Lock()
		if s.err != nil {
			s.mu.Unlock()
			return errGone
		}
		q := s.core.Queue()
		if len(q.Frames) < l.QueueFrames && q.Bytes < l.QueueBytes {
			return nil
		}
		room := s.nextRoom()
		s.mu.Unlock()
		select {
		case <-room:
		case <-s.life.Done():
			return errGone
		case <-ctx.Done():
			return unsentError{ctx.Err()}
		}
	}
}

// nextRoom is closed when the writer takes the queue; mu is held.
func (s *session) nextRoom() <-chan struct{} {
	if s.room == nil {
		s.room = make(chan struct{})
	}
	return s.room
}

// queued unlocks after a command and translates the core's refusals.
func (s *session) queued(err error) error {
	s.mu.Unlock()
	var large *core.TooLarge
	switch {
	case err == nil:
		s.signal()
		return nil
	case errors.Is(err, core.ErrClosed):
		return errGone
	case errors.Is(err, core.ErrPending):
		return unsentError{ErrOverflow}
	case errors.As(err, &large):
		return unsentError{fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, large.Size, large.Limit)}
	}
	return unsentError{err}
}

// end ends the session once: whatever waits is settled, handlers are
// interrupted. With a close code the writer says last and closes the link;
// without one the link is closed here.
func (s *session) end(cause error, code int, last func(*core.Session)) {
	s.client.unpublish(s)
	s.mu.Lock()
	if s.err != nil {
		s.mu.Unlock()
		return
	}
	s.err, s.closeCode = cause, code
	waiters, invocations := s.core.Drop()
	if last != nil {
		last(s.core)
	}
	s.mu.Unlock()
	s.die() // first: who learns that a request was lost can rely on it
	for _, w := range waiters {
		w.Waiter.(*waiter).lose(cause, w.Unsent)
	}
	for _, inv := range invocations {
		inv.(*invocation).cancel(ErrLost)
	}
	if code == 0 {
		_ = s.link.Close() // the session is over whatever Close says
	}
}

// lost ends the session after a failure of the connection.
func (s *session) lost(cause error) { s.end(cause, 0, nil) }

// abort ends the session with an ABORT of ours.
func (s *session) abort(cause error, reason, text string) {
	s.end(cause, closeViolation, func(c *core.Session) { c.Abort(reason, text) })
}

// cause returns why the session ended, after life has ended.
func (s *session) cause() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// lasted returns how long the session has been in use, 0 if it never was.
func (s *session) lasted() time.Duration {
	if s.opened.IsZero() {
		return 0
	}
	return time.Since(s.opened)
}

// linger is how long a session that has ended may take to say its last word,
// lingerInHurry when the ctx of Close has ended.
const (
	linger        = time.Second
	lingerInHurry = 100 * time.Millisecond
)

// join waits for the goroutines of a session that has ended.
func (s *session) join() {
	late := time.AfterFunc(linger, func() { _ = s.link.Close() })
	defer late.Stop()
	calm := context.AfterFunc(s.client.patience, func() { late.Reset(lingerInHurry) })
	defer calm()
	s.loops.Wait()
}

// goodbye leaves in good order: GOODBYE, the router's answer, close (R020). It
// gives up waiting for the answer when ctx ends (R028); then it returns false.
func (s *session) goodbye(ctx context.Context) (answered bool) {
	s.client.unpublish(s)
	s.mu.Lock()
	err := s.core.Goodbye("wamp.close.close_realm")
	s.mu.Unlock()
	if err == nil {
		s.signal()
		select {
		case <-s.life.Done():
			return true
		case <-ctx.Done():
		}
	}
	s.end(ErrClosed, closeNormal, nil)
	return err != nil // it has ended already
}
