// Package transport carries whole WAMP messages between a client and a router.
//
// [Net] opens a connection by URL: WebSocket (ws, wss), or RawSocket over TCP,
// TLS or a unix socket (tcp, tcps, unix). [Pipe] is a connection in memory. All
// of them are a [Conn]: WriteFrame buffers messages, Flush sends all of them in
// one write on the socket, and ReadFrame returns each message in a new slice.
//
// The package starts no goroutines and does not look into messages. One
// goroutine reads and another one writes. To answer a ping of the router, the
// reader queues a pong and calls [Options.Wake], so that the writer flushes.
//
// Limits are checked before memory is allocated, and memory grows with the
// bytes that have arrived, not with the announced length. Batched subprotocols
// are offered only with [Options.Batched]; compression is not supported.
package transport
