// Package router runs nexus, a WAMP router, for tests and examples: in this
// process ([Router]) or in a process of its own that can be killed ([Process]).
// It listens on loopback and has users of every authentication method. Nothing
// in it is meant for production.
//
//	r := router.New(t, router.Config{})
//	client, err := wamp.Connect(ctx, r.WebSocketURL(), "realm1")
//
// A module that imports this package has nexus and its dependencies in go.sum.
// Package [github.com/wampgen/wampgen/runtime/wamptest] has a router in memory
// that needs none of them.
package router
