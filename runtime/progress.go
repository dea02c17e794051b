package wamp

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
)

// maxProgress is how many bytes of progressive results wait for a slow
// consumer, with progressCost for each of them beside its frame.
const (
	maxProgress  = 4 << 20
	progressCost = 200
)

// progress holds the progressive results of a call until they are taken. It is
// safe for concurrent use; nothing of it waits. Its lock is a leaf: it is taken
// under a session's.
type progress struct {
	// gap is the longest time between two results, 0 for none.
	gap time.Duration
	// count counts what comes.
	count *atomic.Uint64
	// ready holds a token when there may be something to take.
	ready chan struct{}

	mu    sync.Mutex // protects the following
	items dispatch.FIFO[progressItem]
	came  bool
	// total is the size of the payloads that came and were not asked for yet, see
	// received.
	total int64
	over  bool // nothing is taken in any more
	// paused: chunks are sent, so it is not the callee's turn.
	paused bool
	// spoiled is why the call cannot succeed: some of its results are missing.
	spoiled error
	// cancel ends the attempt under way, which timer does when a gap is too long;
	// nil for none.
	cancel context.CancelCauseFunc
	timer  *time.Timer
}

// progressItem is one progressive result.
type progressItem struct {
	payload codec.Payload
	details codec.Raw
}

// begin begins an attempt, and the gap until its first result. It returns why
// the call must not be sent, nil if it may: results have come already, or some
// are missing.
func (p *progress) begin(cancel context.CancelCauseFunc) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.spoiled != nil:
		return p.spoiled
	case p.came:
		return errBegun
	}
	p.cancel = cancel
	p.stop()
	if p.gap > 0 {
		p.timer = time.AfterFunc(p.gap, func() { cancel(context.DeadlineExceeded) })
	}
	return nil
}

// pause stops the timer while chunks are sent.
func (p *progress) pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = true
	p.stop()
}

// resume begins a gap.
func (p *progress) resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = false
	if p.timer != nil && !p.over {
		p.timer.Reset(p.gap)
	}
}

// errBegun refuses to send a streaming call again.
var errBegun = errors.New("wamp: the call has brought progressive results and is not sent again")

// errOnce refuses to send a call with chunks again.
var errOnce = errors.New("wamp: the call was sent with chunks and is not sent again")

// overflow is the ErrOverflow of a consumer that does not keep up.
type overflow struct{}

// Error says what waits.
func (overflow) Error() string {
	return "wamp: more than " + strconv.Itoa(maxProgress>>20) + " MiB of progressive results wait to be taken"
}

// Is reports whether target is ErrOverflow.
func (overflow) Is(target error) bool { return target == ErrOverflow }

// begun reports whether a result has come.
func (p *progress) begun() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.came
}

// Progress takes a result that has come.
func (p *progress) Progress(m *core.Message, size int) {
	payload := m.Body()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	p.came = true
	p.total += payloadSize(payload)
	p.count.Add(1)
	size += progressCost
	if n := p.items.Bytes(); n+size > maxProgress && n > 0 {
		p.spoil(overflow{})
		return
	}
	if p.timer != nil && !p.paused {
		p.timer.Reset(p.gap)
	}
	p.items.Push(progressItem{payload, m.Details}, size)
	p.signal()
}

// take returns the result that has waited longest. ok is false if none waits.
func (p *progress) take() (item progressItem, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	item, _, ok = p.items.Pop()
	return item, ok
}

// received returns the size of the payloads that came since it was last asked.
func (p *progress) received() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.total
	p.total = 0
	return n
}

// spoil ends the call with err, whatever its result; the lock is held.
func (p *progress) spoil(err error) {
	if p.spoiled == nil {
		p.spoiled = err
	}
	p.end()
	if p.cancel != nil {
		p.cancel(err)
	}
}

// fail is spoil for who does not hold the lock. What waits is dropped.
func (p *progress) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spoil(err)
	p.items.Clear()
}

// close drops what waits and takes nothing in any more.
func (p *progress) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	p.items.Clear()
}

// finish takes nothing in any more. What waits may still be taken.
func (p *progress) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
}

// spoilt returns why the call cannot succeed, nil if it can.
func (p *progress) spoilt() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.spoiled
}

// end takes nothing in any more; the lock is held.
func (p *progress) end() {
	p.over = true
	p.stop()
}

// stop stops the timer; the lock is held.
func (p *progress) stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
}

func (p *progress) signal() {
	select {
	case p.ready <- struct{}{}:
	default:
	}
}
