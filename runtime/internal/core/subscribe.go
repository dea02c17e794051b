package core

// subscription is what one subscription id stands for.
type subscription struct {
	topic   string
	handles []any
}

// Subscribe queues a SUBSCRIBE; handle gets the events from the very step that
// receives SUBSCRIBED (R216).
func (s *Session) Subscribe(waiter, handle any, topic string, options Dict) (uint64, error) {
	m := Message{Type: MsgSubscribe, URI: topic, Options: options}
	id, err := s.request(&m, Body{}, request{kind: MsgSubscribe, waiter: waiter, handle: handle, topic: topic})
	if err == nil {
		s.asked[topic]++
	}
	return id, err
}

// Unsubscribe takes handle off a subscription. UNSUBSCRIBE is queued when it
// was the last one (R217); an id of 0 tells that it was not, or that it must
// wait (see leave), so that waiter will not be settled.
func (s *Session) Unsubscribe(waiter, handle any, subscription uint64) (id uint64, err error) {
	sub := s.subs[subscription]
	rest := without(sub.handles, handle)
	if len(rest) == len(sub.handles) {
		return 0, nil
	}
	sub.handles = rest
	s.subs[subscription] = sub
	if len(rest) > 0 {
		return 0, nil
	}
	return s.leave(waiter, subscription)
}

// leave gives back a subscription without handles. While a SUBSCRIBE for its
// topic waits for the reply, UNSUBSCRIBE would end what that one is about to
// share (R073), so it goes out after the reply, if it is still due.
func (s *Session) leave(waiter any, subscription uint64) (id uint64, err error) {
	if s.state == Established && s.asked[s.subs[subscription].topic] > 0 {
		s.leaving = append(s.leaving, subscription)
		return 0, nil
	}
	delete(s.subs, subscription)
	m := Message{Type: MsgUnsubscribe, ID: subscription}
	return s.request(&m, Body{}, request{kind: MsgUnsubscribe, waiter: waiter})
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
		if !known || len(sub.handles) > 0 {
			continue // revoked, or shared again
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
