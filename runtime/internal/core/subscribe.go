package core

// subscription is what one subscription id stands for.
type subscription struct {
	topic string
	// handles get the events; parting are the last of them, given back, which
	// still get what the broker had sent before it read UNSUBSCRIBE.
	handles, parting []any
	// asking are those of handles that asked for retained events. If there are any,
	// no other gets one: it comes because one of them has subscribed.
	asking []any
	// left: UNSUBSCRIBE was queued.
	left bool
}

// Subscribe queues a SUBSCRIBE; handle gets the events from the very step that
// receives SUBSCRIBED (R216).
func (s *Session) Subscribe(waiter, handle any, topic string, options Dict) (uint64, error) {
	m := Message{Type: MsgSubscribe, URI: topic, Options: options}
	r := request{kind: MsgSubscribe, waiter: waiter, handle: handle, uri: topic, retained: options.Has("get_retained")}
	id, err := s.request(&m, Body{}, r)
	if err == nil {
		s.asked[topic]++
	}
	return id, err
}

// Unsubscribe takes handles off a subscription. UNSUBSCRIBE is queued when they
// were the last ones (R217), which then go on getting events until the reply.
// An id of 0 means that it was not queued, or must wait (see leave), so that
// waiter will not be settled.
func (s *Session) Unsubscribe(waiter any, id uint64, handles ...any) (reply uint64, err error) {
	sub := s.subs[id]
	rest := sub.handles
	for _, h := range handles {
		rest, sub.asking = without(rest, h), without(sub.asking, h)
	}
	if len(rest) == len(sub.handles) {
		return 0, nil
	}
	if len(rest) > 0 {
		sub.handles = rest
		s.subs[id] = sub
		return 0, nil
	}
	sub.handles, sub.parting = nil, sub.handles
	s.subs[id] = sub
	return s.leave(waiter, id)
}

// leave gives back a subscription without handles. While somebody waits for the
// reply to a SUBSCRIBE for its topic, UNSUBSCRIBE would end what that one is
// about to share (R073), so it goes out after the reply, if it is still due.
func (s *Session) leave(waiter any, id uint64) (reply uint64, err error) {
	sub := s.subs[id]
	if s.state == Established && s.asked[sub.topic] > 0 {
		s.leaving = append(s.leaving, id)
		return 0, nil
	}
	m := Message{Type: MsgUnsubscribe, ID: id}
	if reply, err = s.request(&m, Body{}, request{kind: MsgUnsubscribe, waiter: waiter, subject: id}); err == nil {
		sub.left = true
		s.subs[id] = sub
	}
	return reply, err
}

// unsubscribed takes a subscription out after the reply to its UNSUBSCRIBE,
// unless it has handles again.
func (s *Session) unsubscribed(id uint64) {
	sub := s.subs[id]
	sub.parting, sub.left = nil, false
	if len(sub.handles) == 0 {
		delete(s.subs, id)
		s.gone(MsgSubscribed, id)
		return
	}
	s.subs[id] = sub
}

// answered notes that one SUBSCRIBE for topic has its reply. The last of them
// lets go of the subscriptions that waited for it, see leave.
func (s *Session) answered(topic string) {
	if s.asked[topic]--; s.asked[topic] > 0 {
		return
	}
	delete(s.asked, topic)
	due := s.leaving
	s.leaving = nil
	for _, id := range due {
		sub, known := s.subs[id]
		if !known || sub.left || len(sub.handles) > 0 {
			continue // revoked, left already, or shared again
		}
		_, _ = s.leave(nil, id) // cannot fail: a short message
	}
}

// without returns list less one entry equal to x, in memory of its own: an
// event that is being delivered may still walk the old list.
func without(list []any, x any) []any {
	for i, h := range list {
		if h == x {
			rest := make([]any, 0, len(list)-1)
			return append(append(rest, list[:i]...), list[i+1:]...)
		}
	}
	return list
}
