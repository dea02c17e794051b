package transport

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/peertext"
)

// Errors of an open connection, for [errors.Is]. Further errors are [io.EOF]
// and [io.ErrUnexpectedEOF] if the peer hung up, [net.ErrClosed] after this
// side closed the connection, [os.ErrDeadlineExceeded] after a timeout, and
// [*CloseError].
var (
	// ErrTooLarge means that a message is larger than the receiver accepts. A
	// connection is still usable after WriteFrame returned it, but not after
	// ReadFrame did.
	ErrTooLarge = errors.New("wamp: message too large")
	// ErrMessageType means that the serializer is binary and the message is text,
	// or the reverse.
	ErrMessageType = errors.New("wamp: WebSocket message of the wrong type")
	// ErrBatch means that a batch of messages is empty, or that a message in it is
	// empty or cut off.
	ErrBatch = errors.New("wamp: malformed batch")
	// ErrReservedType means that a RawSocket frame has a reserved type (3 to 7).
	ErrReservedType = errors.New("wamp: RawSocket frame of a reserved type")
	// ErrReservedBits means that reserved bits or octets are set in a RawSocket
	// frame or handshake.
	ErrReservedBits = errors.New("wamp: RawSocket reserved bits are set")
	// ErrFrameLength means that a RawSocket frame sets both the length extension
	// bit and length bits.
	ErrFrameLength = errors.New("wamp: RawSocket frame length is malformed")
	// ErrPingTooLarge means that a RawSocket PING has a payload above 64 KiB.
	ErrPingTooLarge = errors.New("wamp: RawSocket PING too large")
)

// Errors of the opening handshake, for [errors.Is]. A [*HandshakeError] wraps
// them.
var (
	// ErrRedirect means that the server answered the upgrade with a redirect.
	// Redirects are not followed.
	ErrRedirect = errors.New("wamp: redirects are not followed")
	// ErrSubprotocol means that the server selected no WebSocket subprotocol, or
	// one that was not offered.
	ErrSubprotocol = errors.New("wamp: no WAMP subprotocol agreed")
	// ErrExtension means that the server uses a WebSocket extension that was not
	// offered.
	ErrExtension = errors.New("wamp: WebSocket extension was not offered")
	// ErrNotRawSocket means that the answer does not begin with the RawSocket
	// magic octet 0x7F.
	ErrNotRawSocket = errors.New("wamp: peer does not speak RawSocket")
	// ErrSerializerMismatch means that the router answered with another serializer
	// than the requested one.
	ErrSerializerMismatch = errors.New("wamp: RawSocket serializer mismatch")
	// ErrSerializerUnsupported means that the router does not support the
	// serializer: RawSocket error reply 1.
	ErrSerializerUnsupported = errors.New("wamp: router does not support the serializer")
	// ErrLengthUnacceptable means that the router does not accept the maximum
	// message length: RawSocket error reply 2.
	ErrLengthUnacceptable = errors.New("wamp: router does not accept the maximum message length")
	// ErrReservedRefused means that the router found reserved bits set in the
	// handshake: RawSocket error reply 3.
	ErrReservedRefused = errors.New("wamp: router complains about reserved bits")
	// ErrTooManyConnections means that the router has reached its maximum
	// connection count: RawSocket error reply 4.
	ErrTooManyConnections = errors.New("wamp: router has reached its maximum connection count")
	// ErrUnknownReply means that the router sent a RawSocket error reply that the
	// specification does not define.
	ErrUnknownReply = errors.New("wamp: router refused with an unknown RawSocket error")
	// ErrHungUp means that the peer closed the connection instead of answering the
	// handshake.
	ErrHungUp = errors.New("wamp: peer hung up instead of answering")
)

// HandshakeError is the error of a connection that could not be opened.
type HandshakeError struct {
	URL  string // without user information and query
	Code int    // HTTP status of a refused upgrade or code of a RawSocket error reply; else 0
	Text string // a description in one line
	Err  error  // the cause: an error of this package, of net, of crypto, or of the context

	// RetryAfter is the value of the server's Retry-After header: how long to wait
	// before the next attempt. It is 0 if there is none.
	RetryAfter time.Duration
}

// Error returns the URL and Text.
func (e *HandshakeError) Error() string { return "wamp: cannot open " + e.URL + ": " + e.Text }

// Unwrap returns e.Err.
func (e *HandshakeError) Unwrap() error { return e.Err }

// CloseError is the error of ReadFrame if the peer closed a WebSocket
// connection with a close frame, or without one (code 1006).
type CloseError struct {
	Code   int    // RFC 6455 section 7.4; 1005: the frame held none, 1006: there was no frame
	Reason string // the text of the peer, one line; may be empty
}

// Error returns the code and the peer's reason.
func (e *CloseError) Error() string {
	s := "wamp: connection closed by the peer with code " + strconv.Itoa(e.Code)
	if e.Reason != "" {
		s += ": " + e.Reason
	}
	return s
}

// timeoutError is a read or write that took too long.
type timeoutError struct {
	what  string
	after time.Duration
}

func (e *timeoutError) Error() string {
	return fmt.Sprintf("wamp: %s for %v", e.what, e.after)
}

// Timeout and Temporary make it a net.Error. Not temporary: the connection is
// lost.
func (e *timeoutError) Timeout() bool   { return true }
func (e *timeoutError) Temporary() bool { return false }
func (e *timeoutError) Unwrap() error   { return os.ErrDeadlineExceeded }

// tooLarge names both figures.
func tooLarge(n uint64, limit int) error {
	return fmt.Errorf("%w: %d bytes, limit %d", ErrTooLarge, n, limit)
}

// OversizeError is what ReadFrame returns for a message above the limit, as
// soon as its length is known. [errors.Is] finds [ErrTooLarge] in it.
type OversizeError struct {
	err  error
	head func() []byte
}

// Error returns the limit, and the size if it is known.
func (e *OversizeError) Error() string { return e.err.Error() }

// Unwrap returns an error that wraps [ErrTooLarge].
func (e *OversizeError) Unwrap() error { return e.err }

// Head returns the beginning of the message, which shows whom it was for: 256
// bytes, or fewer if the peer does not send more at once. It waits for up to
// 250 ms. Only the goroutine that reads may call it, and only before Close.
func (e *OversizeError) Head() []byte { return e.head() }

// The beginning of a message that is too large: how much of it is kept, in
// bytes, and how long it is waited for.
const (
	oversizeHead  = 256
	oversizeGrace = 250 * time.Millisecond
)

// withPrefix starts err with ours and what was being done, unless it is an
// error of this package, which does already.
func withPrefix(doing string, err error) error {
	if strings.HasPrefix(err.Error(), "wamp: ") {
		return err
	}
	return fmt.Errorf("wamp: %s: %w", doing, err)
}

// clean makes a text that may come from the peer fit for an error or a log,
// without our own prefix, which the caller puts first.
func clean(s string) string { return peertext.Line(strings.TrimPrefix(s, "wamp: ")) }
