package wamp

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// CallInfo describes the call that a handler answers (specification
// "INVOCATION", "Caller Identification", "Call Trust Levels").
type CallInfo struct {
	// Procedure is the URI that was called. With a pattern registration it is the
	// concrete one, or "" if the router does not send it.
	Procedure string
	// Caller, AuthID and AuthRole identify the caller when it is disclosed;
	// zero otherwise.
	Caller           ID
	AuthID, AuthRole string
	// TrustLevel is the trust that the router assigns to the call. 0 is the lowest
	// level and the default.
	TrustLevel int
	// Timeout is the timeout of the call that the dealer forwarded, 0 for none.
	// The handler's ctx ends then, with the cause [ErrTimeout].
	Timeout time.Duration
	// Passthru is how the payload came, zero if it is an ordinary one.
	Passthru Passthru

	details codec.Raw
}

// Details returns all of INVOCATION.Details, including keys that only this
// router sends. It returns nil if i did not come from the ctx of a handler.
func (i CallInfo) Details() map[string]any { return dict(i.details) }

// CallInfoFrom returns the description of the call whose handler has ctx, or
// the zero [CallInfo] for any other ctx.
func CallInfoFrom(ctx context.Context) CallInfo {
	inv, ok := ctx.Value(callInfoKey{}).(*invocation)
	if !ok {
		return CallInfo{}
	}
	d := core.Message{Details: inv.details}
	info := CallInfo{
		Procedure:  d.DetailText("procedure"),
		Caller:     ID(d.DetailUint("caller")),
		AuthID:     d.DetailText("caller_authid"),
		AuthRole:   d.DetailText("caller_authrole"),
		TrustLevel: int(d.DetailUint("trustlevel")),
		Timeout:    inv.timeout(),
		Passthru:   passthruOf(d.Details),
		details:    d.Details,
	}
	if info.Procedure == "" && inv.callee.config.match == "" {
		info.Procedure = inv.callee.uri
	}
	return info
}

// EventInfo describes the event that a handler gets (specification "EVENT",
// "Publisher Identification", "Publication Trust Levels").
type EventInfo struct {
	// Topic is the URI that was published to. With a pattern subscription it is
	// the concrete URI, or the pattern if the router does not send it, see Exact.
	Topic string
	// Exact reports whether Topic is the concrete topic.
	Exact bool
	// Publication is the id that all events of one publish share.
	Publication ID
	// Publisher, AuthID and AuthRole identify the publisher when it is
	// disclosed; zero otherwise.
	Publisher        ID
	AuthID, AuthRole string
	// TrustLevel is the trust that the router assigns to the event. 0 is the
	// lowest level and the default.
	TrustLevel int
	// Retained reports whether the event was published before the subscription.
	Retained bool
	// Resumed reports whether the event was missed and comes from the broker's
	// event history.
	Resumed bool
	// Gap reports whether events before this one were missed and could not be
	// fetched, see [WithResume].
	Gap bool
	// Passthru is how the payload came, zero if it is an ordinary one.
	Passthru Passthru

	details codec.Raw
}

// Details returns all of EVENT.Details, including keys that only this router
// sends. It returns nil if i did not come from the ctx of a handler.
func (i EventInfo) Details() map[string]any { return dict(i.details) }

// EventInfoFrom returns the description of the event whose handler has ctx, or
// the zero [EventInfo] for any other ctx.
func EventInfoFrom(ctx context.Context) EventInfo {
	ev, ok := ctx.Value(eventInfoKey{}).(*eventContext)
	if !ok {
		return EventInfo{}
	}
	d := core.Message{Details: ev.Event.details}
	info := EventInfo{
		Topic:       d.DetailText("topic"),
		Publication: ID(ev.Publication),
		Publisher:   ID(d.DetailUint("publisher")),
		AuthID:      d.DetailText("publisher_authid"),
		AuthRole:    d.DetailText("publisher_authrole"),
		TrustLevel:  int(d.DetailUint("trustlevel")),
		Retained:    d.DetailBool("retained"),
		Resumed:     ev.Resumed,
		Gap:         ev.Gap,
		Passthru:    passthruOf(d.Details),
		details:     d.Details,
	}
	info.Exact = info.Topic != "" || ev.subscription.config.match == ""
	if info.Topic == "" {
		info.Topic = ev.subscription.uri
	}
	return info
}

// String says whose ctx it is.
func (inv *invocation) String() string { return "wamp call of " + inv.callee.uri }

// Format prints String with every verb of fmt, which would show the payload.
func (inv *invocation) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, inv.String()) }

// String says whose ctx it is.
func (c *eventContext) String() string { return "wamp event of " + c.subscription.uri }

// Format prints String with every verb of fmt, which would show the payload.
func (c *eventContext) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }
