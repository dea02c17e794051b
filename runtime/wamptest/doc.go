// Package wamptest holds what tests and examples of WAMP programs need on the
// other side of the wire. Nothing in it is made for production.
//
//   - [Router] is a real router, nexus, in this process and on loopback ports
//     that the system chose. [NewRouter] is for tests, [StartRouter] for
//     examples and programs. It stops and starts again on the same ports.
//   - [Process] is the same router in a process of its own, which can be killed.
//   - [Script] is a scripted fake router. The test says message by message what
//     it expects and what it sends, in any order and in any cut of bytes; it
//     works on loopback sockets and, for testing/synctest, in memory.
//   - [Faults] is a network that misbehaves on command: it stalls, splits,
//     delays, resets.
//
// A test against the real router:
//
//	router := wamptest.NewRouter(t, wamptest.Config{})
//	client, err := wamp.Connect(ctx, router.WebSocketURL(), "realm1")
//
// A test of what happens on a fault:
//
//	script := wamptest.NewScript(t, wamptest.RawSocket, codec.CBOR)
//	go func() { _, err := wamp.Connect(ctx, script.URL(), "realm1") … }()
//	peer := script.Accept()
//	peer.Join()
//	call := peer.Expect(48)
//	peer.Reset()
//
// The servers here keep secrets in plain text and take the short way wherever
// safety would cost a line: they prove a client, they protect nothing.
package wamptest
