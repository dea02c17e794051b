// Package wamp is a WAMP client that heals itself, and what the code that
// wampgen generates stands on.
//
// The directory is runtime/, the package is wamp:
//
//	import wamp "github.com/wampgen/wampgen/runtime"
//
// # Connecting
//
// Connect opens a session on a realm and keeps it: when the connection is lost
// the client backs off, connects again and restores every registration and
// subscription before it is ready again. Close ends it; Drain ends it without
// losing work. Status and Watch tell where it stands.
//
//	client, err := wamp.Connect(ctx, "wss://router.example/ws", "realm1",
//		wamp.WithAuth(auth.Ticket("ann", auth.NewSecret(ticket))))
//	defer client.Close(context.Background())
//
// # Calling and serving, publishing and subscribing
//
// With a schema these are generated, typed, and checked by the compiler. The
// same operations without a schema are methods of Client with dynamic values:
// Call, Register, Publish and Subscribe. Handlers are plain functions of a ctx
// and an input; CallInfoFrom and EventInfoFrom tell who called or published. A
// handler may use the client in every way, also to call itself, to unsubscribe
// itself and to close the client.
//
// Invocations begin in arrival order on up to Limits.Workers goroutines. The
// events of one subscription reach its handler one at a time, in order.
//
// # Errors
//
// What came over the wire is a generated error type, found with errors.As, or
// an *Error with its URI; the errors of the specification are values to be used
// with errors.Is, as ErrNoSuchProcedure. What this client says itself is one of
// ErrClosed, ErrNotReady, ErrLost, ErrTooLarge, ErrOverflow, ErrRevoked,
// ErrUnsupported, or the error of a ctx. IsPeer and SafeToRetry answer the two
// questions that matter. No error holds a payload or a secret.
//
// # Reading this manual
//
// Functions and methods are safe for concurrent use. Options, Limits, Status and
// the values of a payload are plain values: do not change what you have handed
// over, a map or a slice in it included, before the operation returns; a received
// one is yours. Where something has a name in the WAMP specification
// (https://wamp-proto.org), its text says which section, in quotation marks.
//
// # Bounds
//
// Everything that waits is bounded, see Limits: a slow handler loses events of
// its own subscription, a flood of calls is answered with
// wamp.error.unavailable, a router that does not read makes callers wait under
// their ctx. Inbound messages are bounded before memory is taken for them.
//
// # Connecting securely
//
// Use wss or tcps: TLS is what authenticates the router. Methods that send
// their secret itself are refused over plain text to another host. With a
// method configured, a router that asks for no proof is refused.
package wamp
