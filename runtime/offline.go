package wamp

import (
	"context"
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// offline keeps publishes while there is no session. It is guarded by
// common.mu.
type offline struct {
	*common
	kept  []keptEvent
	bytes int
	// flushing is closed when the flush that is under way ends; nil while there is
	// none.
	flushing chan struct{}
}

// keptEvent is one publish that waits for a session. It holds bytes, since the
// event is the caller's again; a session of another format transcodes them.
type keptEvent struct {
	topic   string
	cfg     publishConfig
	size    int
	payload []byte // CBOR
	values  int
	marks   core.Dict // of the payload
}

// keep adds one event; false when a session is there after all. An event
// beyond the buffer is refused, and so is one that cannot be encoded. While the
// kept ones are on their way to a new session it waits: nothing overtakes them.
func (o *offline) keep(ctx context.Context, t *Topic, event codec.Value, cfg publishConfig, op *Operation) (bool, error) {
	var b session.Buffer // not a pooled one: its bytes stay
	b.Begin(codec.CBOR)
	if err := o.encode(ctx, &b, content{event, t.Payload, op}, cfg.passthru.message(PassthruEvent, t.URI)); err != nil {
		return false, encodeError("event", t.URI, err)
	}
	payload, values := b.Payload()
	flushing, kept, err := o.add(keptEvent{t.URI, cfg, len(payload) + len(t.URI), payload, values, b.Marks})
	if flushing == nil {
		return kept, err
	}
	select {
	case <-flushing:
		return false, nil
	case <-ctx.Done():
		return false, session.Unsent(ctx.Err())
	}
}

// add is keep but for the waiting, which is for flushing.
func (o *offline) add(k keptEvent) (flushing chan struct{}, kept bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.flushing != nil || o.live.Load() != nil || o.handlers.Err() != nil {
		return o.flushing, false, nil
	}
	if o.bytes+k.size > o.cfg.publishBuffer {
		return nil, false, session.Unsent(fmt.Errorf("%w: the publish buffer of %d bytes is full", ErrNotReady, o.cfg.publishBuffer))
	}
	o.kept = append(o.kept, k)
	o.bytes += k.size
	return nil, true, nil
}

// flush publishes on s what was kept, in order, and calls announce, with mu held,
// when nothing is left: no event that is published meanwhile gets in between. A
// session that is lost meanwhile leaves the rest for the next one.
func (o *offline) flush(s *session.Session, announce func(*session.Session)) {
	o.mu.Lock()
	kept := o.kept
	o.flushing = make(chan struct{})
	o.mu.Unlock()
	n := 0
	for n < len(kept) && o.flushOne(s, &kept[n]) {
		n++
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, k := range kept[:n] {
		o.bytes -= k.size
	}
	o.kept = append([]keptEvent(nil), kept[n:]...)
	if len(o.kept) == 0 {
		announce(s)
	}
	close(o.flushing)
	o.flushing = nil
}

// flushOne publishes one kept event; false when the session has ended.
func (o *offline) flushOne(s *session.Session, k *keptEvent) bool {
	var d codec.Decoder
	d.Start(codec.Raw{Format: codec.CBOR, Data: k.payload}, "")
	b := s.Buffer()
	for range k.values {
		b.Enc.Raw(d.Raw())
	}
	b.Marks = k.marks
	err := b.Finish(k.values)
	if err == nil {
		err = o.publishOn(o.handlers, s, k.topic, &k.cfg, b)
	}
	if session.Gone(err) || o.handlers.Err() != nil {
		return false
	}
	if err != nil {
		o.cfg.log.Warn("wamp: buffered event not published", "topic", k.topic, "reason", text(err))
	}
	return true
}

// waiting returns how many events wait for a session.
func (o *offline) waiting() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.kept)
}

// drop forgets what was kept and says how much that was.
func (o *offline) drop() {
	o.mu.Lock()
	n := len(o.kept)
	o.kept, o.bytes = nil, 0
	o.mu.Unlock()
	if n > 0 {
		o.cfg.log.Warn("wamp: buffered events dropped", "events", n)
	}
}
