package wamptest

import (
	"errors"
	"net"
	"sync"

	"github.com/wampgen/wampgen/runtime/transport"
)

// What may wait for one client. One that does not read is cut off beyond: a
// router that dropped single messages would only make tests fail at random.
const (
	linkFrames = 65_536
	linkBytes  = 64 << 20
)

// link is a connection and what waits to be written to it.
type link struct {
	conn transport.Conn
	log  func(msg string, args ...any)
	wake chan struct{} // has room for one signal

	mu            sync.Mutex
	waiting       [][]byte
	frames, bytes int  // of what waits and of what is being written
	ending        bool // close the connection once all is written
	ended         bool
}

func newLink(conn transport.Conn, log func(string, ...any)) *link {
	return &link{conn: conn, log: log, wake: make(chan struct{}, 1)}
}

// Send implements realm.Sink.
func (l *link) Send(frame []byte) {
	l.mu.Lock()
	full := false
	if !l.ending && !l.ended {
		l.waiting = append(l.waiting, frame)
		l.frames++
		l.bytes += len(frame)
		full = l.frames > linkFrames || l.bytes > linkBytes
	}
	l.mu.Unlock()
	if full {
		l.deaf()
	}
	l.signal()
}

// Close implements realm.Sink.
func (l *link) Close() {
	l.mu.Lock()
	l.ending = true
	l.mu.Unlock()
	l.signal()
}

// deaf cuts off a client that does not read.
func (l *link) deaf() {
	l.log("wamptest: client cut off: it does not read", "frames", linkFrames, "bytes", linkBytes)
	l.cut()
}

// cut ends the connection at once.
func (l *link) cut() {
	l.mu.Lock()
	l.ended, l.waiting = true, nil
	l.mu.Unlock()
	_ = l.conn.Close()
	l.signal()
}

func (l *link) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// write writes what waits, until the link has ended. It is the only writer.
func (l *link) write() {
	for range l.wake {
		l.mu.Lock()
		frames, last, ended := l.waiting, l.ending, l.ended
		l.waiting = nil
		l.mu.Unlock()
		if ended {
			return
		}
		err := l.flush(frames)
		if t, ok := errors.AsType[net.Error](err); ok && t.Timeout() {
			l.deaf()
			return
		}
		if err != nil || last {
			l.cut()
			return
		}
	}
}

// flush writes frames. One that is too large for the client is left out.
func (l *link) flush(frames [][]byte) error {
	bytes := 0
	for _, frame := range frames {
		bytes += len(frame)
		if err := l.conn.WriteFrame(frame, nil); errors.Is(err, transport.ErrTooLarge) {
			l.log("wamptest: message left out: it is too large for the client", "bytes", len(frame))
		} else if err != nil {
			return err
		}
	}
	err := l.conn.Flush()
	l.mu.Lock()
	l.frames, l.bytes = l.frames-len(frames), l.bytes-bytes
	l.mu.Unlock()
	return err
}
