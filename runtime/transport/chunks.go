package transport

import (
	"io"
	"sync"
)

// chunkSize is the step in which large messages are read, bytes.
const chunkSize = 32 << 10

// chunkPool holds bytes only, so it may be shared by all connections.
var chunkPool = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// chunks gathers a message whose bytes have yet to arrive. Memory follows what
// has arrived: at most one chunk more is held, and nothing between two
// messages.
type chunks struct {
	list []*[chunkSize]byte
	size int // bytes in all chunks
}

// readAll reads r to its end and returns that in a slice of exact size. want is
// the length if it is known, and -1 if the end of r ends it.
func (c *chunks) readAll(r io.Reader, want int) ([]byte, error) {
	defer c.release()
	for c.size != want {
		n, err := r.Read(c.room(want))
		c.size += n
		if err == io.EOF && want < 0 {
			break
		}
		if err == io.EOF && c.size < want {
			err = io.ErrUnexpectedEOF
		}
		if err != nil && c.size != want {
			return nil, err
		}
	}
	return c.join(), nil
}

// room is where the next bytes go: the rest of the last chunk, or a new one.
func (c *chunks) room(want int) []byte {
	at := c.size % chunkSize
	if c.size == len(c.list)*chunkSize {
		c.list = append(c.list, chunkPool.Get().(*[chunkSize]byte))
	}
	end := chunkSize
	if want >= 0 {
		end = min(end, at+want-c.size)
	}
	return c.list[len(c.list)-1][at:end]
}

func (c *chunks) join() []byte {
	out := make([]byte, c.size)
	rest := out
	for _, chunk := range c.list {
		rest = rest[copy(rest, chunk[:]):]
	}
	return out
}

func (c *chunks) release() {
	for i, chunk := range c.list {
		chunkPool.Put(chunk)
		c.list[i] = nil
	}
	c.list, c.size = c.list[:0], 0
}
