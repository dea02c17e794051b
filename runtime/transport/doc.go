// Package transport carries whole WAMP messages between a client and a router.
//
// [Net] opens a connection by URL: WebSocket (ws, wss) through gorilla/websocket,
// RawSocket over TCP, TLS or a unix socket (tcp, tcps, unix) by hand. [Pipe] is a
// connection in memory. All of them give the same [Conn]: messages are buffered by
// WriteFrame and leave together at Flush, in one write on the socket; ReadFrame
// hands out each message as a fresh slice.
//
// The package starts no goroutine of its own and knows nothing of what is inside a
// message. One goroutine reads and one writes; pings of the router are answered by
// the reader queueing a pong and calling [Options].Wake, so that the writer flushes.
//
// Limits are checked before memory is taken: memory follows the bytes that have
// arrived, never the length that was announced. Compression is not offered and
// batched subprotocols are not used.
package transport
