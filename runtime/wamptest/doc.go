// Package wamptest provides routers, peers and networks for tests of WAMP
// programs. Nothing in it is meant for production.
//
//   - [Realm] is a router in memory. It opens no socket and works inside a
//     [testing/synctest] bubble. [NewRealm] is for tests, [StartRealm] for
//     programs, and [Realm.Client] returns a client of it. It stops, restarts
//     and drops connections on command.
//   - [Script] is a scripted fake router. The test says message by message what
//     it expects and what it sends, in any order and split at any byte. It works
//     on loopback sockets and in memory.
//   - [Faults] is a network that fails on command: it stalls, splits, delays and
//     resets.
//
// A unit test of a caller and a fake callee begins with two clients:
//
//	realm := wamptest.NewRealm(t)
//	callee, caller := realm.Client(t), realm.Client(t)
//
// A test of a fault lets a script play the router:
//
//	script := wamptest.NewScript(t, wamptest.RawSocket, codec.CBOR)
//	go func() { _, err := wamp.Connect(ctx, script.URL(), "realm1") … }()
//	peer := script.Accept()
//	peer.Join()
//	call := peer.Expect(wamptest.Call)
//	peer.Reset()
//
// Package [github.com/wampgen/wampgen/runtime/wamptest/router] runs nexus, a
// router on real sockets, for tests that need one.
//
// The servers of this package keep secrets in plain text and check little. They
// test a client and protect nothing.
package wamptest
