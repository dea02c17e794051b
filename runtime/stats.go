package wamp

// Stats are the counters and depths of a client since [Connect]. Counters only
// grow. [Client.Stats] returns a snapshot of them; new fields may be added.
type Stats struct {
	// Sessions is how many sessions the routers granted, and Reconnects how many
	// of them came after the first. FailedAttempts is how many rounds over all URLs
	// ended without a session.
	Sessions, Reconnects, FailedAttempts uint64

	// Calls is how many calls were begun, Resent how often one was sent once
	// more, and Results how many have ended with a result. CallErrors counts
	// those that have failed, by the URI of the error: URIs that the procedure
	// declares and those that begin with "wamp.", such as
	// "wamp.error.no_such_procedure". All other errors, such as that of a lost
	// session, count under [OtherErrors]. Calls that are neither in
	// Results nor in CallErrors are under way.
	Calls, Resent, Results uint64
	CallErrors             map[string]uint64
	// Progress is how many progressive results of calls have arrived, and ChunksSent
	// how many chunks of calls were queued for writing.
	Progress, ChunksSent uint64

	// Invocations is how many calls the router has brought, and Answers how
	// many of them were answered with a result. InvocationErrors counts those
	// that were answered with an error, as CallErrors does; calls for which
	// there was no room are "wamp.error.unavailable". A call that was canceled, or
	// whose session was lost, counts by what its handler returned, although nobody
	// gets that. ProgressSent is how many progressive results were queued for
	// writing, and Chunks how many chunks have arrived.
	Invocations, Answers uint64
	InvocationErrors     map[string]uint64
	ProgressSent, Chunks uint64

	// Published is how many events were queued for writing or, with
	// [WithAcknowledge], accepted by the broker.
	Published uint64
	// Events is how many events were given to handlers and loops, EventErrors how
	// many of them did not decode or had a handler that failed, and EventsDropped
	// how many were dropped for want of room.
	Events, EventErrors, EventsDropped uint64

	// MessagesOut and MessagesIn are how many WAMP messages were written and read,
	// BytesOut and BytesIn their sizes without the framing of the transport.
	MessagesOut, MessagesIn, BytesOut, BytesIn uint64

	// PendingRequests is how many requests wait for a reply of the router at the
	// moment, QueuedMessages and QueuedBytes what waits to be written, and
	// BufferedEvents how many publishes wait for a session, see
	// [WithPublishBuffer]. CallsHeld is how many calls wait for a callee, see
	// [WithGrace].
	PendingRequests, QueuedMessages, QueuedBytes, BufferedEvents, CallsHeld int
	// Running is how many handlers run at the moment. InvocationsWaiting and
	// EventsWaiting are what waits behind them, and InboundBytes how much of
	// [Limits.InboundBytes] all of that takes.
	Running, InvocationsWaiting, EventsWaiting, InboundBytes int
}

// statsOf returns the statistics of a client.
func statsOf(c *common, o *offline) Stats {
	n := &c.counters
	s := Stats{
		Sessions: n.sessions.Load(), FailedAttempts: n.failedAttempts.Load(),
		Calls: n.calls.Load(), Resent: n.resent.Load(), Results: n.results.Load(), CallErrors: n.callErrors.snapshot(),
		Progress: n.progress.Load(), ChunksSent: n.chunksSent.Load(),
		Invocations: n.invocations.Load(), Answers: n.answers.Load(), InvocationErrors: n.invocationErrors.snapshot(),
		ProgressSent: n.progressSent.Load(), Chunks: n.chunks.Load(),
		Published: n.published.Load(), Events: n.events.Load(), EventErrors: n.eventErrors.Load(),
		MessagesOut: n.traffic.MessagesOut.Load(), MessagesIn: n.traffic.MessagesIn.Load(),
		BytesOut: n.traffic.BytesOut.Load(), BytesIn: n.traffic.BytesIn.Load(),
	}
	s.Reconnects = max(s.Sessions, 1) - 1
	c.mu.Lock()
	on := c.session
	s.BufferedEvents = len(o.kept)
	c.mu.Unlock()
	if on != nil {
		s.PendingRequests, s.QueuedMessages, s.QueuedBytes = on.Depths()
	}
	s.CallsHeld = c.absences.held()
	load := c.pool.Load()
	s.EventsDropped = load.Dropped
	s.Running, s.InboundBytes = load.Running, load.Bytes
	s.InvocationsWaiting, s.EventsWaiting = load.Tasks, load.Events
	return s
}
