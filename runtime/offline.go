package wamp

import (
	"context"
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
)

// offline keeps publishes while there is no session. It is guarded by
// client.mu. It holds inputs, not bytes: the next session may speak another
// format.
type offline struct {
	kept  []keptEvent
	bytes int
}

// keptEvent is one publish that waits for a session.
type keptEvent struct {
	topic  string
	cfg    publishConfig
	size   int
	encode func(*codec.Encoder) int
}

// keep adds one event; false when a session is there after all. An event
// beyond the buffer is refused, and so is one that cannot be encoded.
func (o *offline) keep(c *Client, topic string, cfg publishConfig, encode func(*codec.Encoder) int) (bool, error) {
	b := c.getBuffer(codec.CBOR)
	err := b.finish(encode(&b.enc))
	size := len(b.mem) + len(topic)
	c.recycle(b)
	if err != nil {
		return false, encodeError("event", topic, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live.Load() != nil {
		return false, nil
	}
	if o.bytes+size > c.cfg.publishBuffer {
		return false, unsentError{fmt.Errorf("%w: the publish buffer of %d bytes is full", ErrNotReady, c.cfg.publishBuffer)}
	}
	o.kept = append(o.kept, keptEvent{topic, cfg, size, encode})
	o.bytes += size
	return true, nil
}

// flush publishes what was kept, in order. What a session that is lost again
// does not take stays.
func (o *offline) flush(c *Client) {
	c.mu.Lock()
	kept := o.kept
	o.kept, o.bytes = nil, 0
	c.mu.Unlock()
	for i := range kept {
		if gone := c.flushOne(&kept[i]); gone {
			o.putBack(c, kept[i:])
			return
		}
	}
}

// flushOne publishes one kept event on the current session; true when there is
// none any more.
func (c *Client) flushOne(k *keptEvent) bool {
	s, err := c.acquire(c.handlers, true)
	if err != nil {
		return true
	}
	b := c.getBuffer(s.link.Format)
	if err := b.finish(k.encode(&b.enc)); err == nil {
		err = s.publish(c.handlers, k.topic, &k.cfg, b)
		if gone(err) || context.Cause(c.handlers) != nil {
			return true
		}
		if err != nil {
			c.cfg.log.Warn("wamp: kept event not published", "topic", k.topic, "reason", text(err))
		}
	}
	return false
}

// putBack returns events to the head of the buffer.
func (o *offline) putBack(c *Client, kept []keptEvent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range kept {
		o.bytes += k.size
	}
	o.kept = append(kept, o.kept...)
}

// drop forgets what was kept and says how much that was.
func (o *offline) drop(c *Client) {
	c.mu.Lock()
	n := len(o.kept)
	o.kept, o.bytes = nil, 0
	c.mu.Unlock()
	if n > 0 {
		c.cfg.log.Warn("wamp: kept events dropped", "events", n)
	}
}
