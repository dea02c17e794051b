// Package wamptest is what tests of WAMP programs need on the other side of the
// wire. Nothing in it is made for production.
//
//   - [Realm] is a router in memory: no socket, and inside testing/synctest no
//     waiting. [NewRealm] is for tests, [StartRealm] for programs. Clients of it
//     come from [Realm.Client]. It stops, starts again and loses connections on
//     command.
//   - [Script] is a scripted fake router. The test says message by message what
//     it expects and what it sends, in any order and in any cut of bytes. It
//     works on loopback sockets and in memory.
//   - [Faults] is a network that misbehaves on command: it stalls, splits,
//     delays, resets.
//
// A unit test of a caller against a fake callee:
//
//	realm := wamptest.NewRealm(t)
//	callee, caller := realm.Client(t), realm.Client(t)
//
// A test of what happens on a fault:
//
//	script := wamptest.NewScript(t, wamptest.RawSocket, codec.CBOR)
//	go func() { _, err := wamp.Connect(ctx, script.URL(), "realm1") … }()
//	peer := script.Accept()
//	peer.Join()
//	call := peer.Expect(wamptest.Call)
//	peer.Reset()
//
// Package [github.com/wampgen/wampgen/runtime/wamptest/router] has a router on
// real sockets, nexus, for what memory cannot show.
//
// The servers here keep secrets in plain text and take the short way wherever
// safety would cost a line: they prove a client, they protect nothing.
package wamptest
