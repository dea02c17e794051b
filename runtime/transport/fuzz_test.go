package transport

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"testing"
	"testing/iotest"
)

// everything reads until the error, with what came on the way.
func everything(r io.Reader, limit int) (frames, pings [][]byte, err error) {
	fr := frameReader{br: bufio.NewReaderSize(r, readBuffer), limit: limit, inFrame: new(bool)}
	fr.ping = func(p []byte) error {
		pings = append(pings, p)
		return nil
	}
	for {
		b, err := fr.next()
		if err != nil {
			return frames, pings, err
		}
		frames = append(frames, b)
	}
}

// F1: whatever arrives, the reader ends with an error and reads the same
// however the bytes are cut. What it costs is in TestF5_HeaderThenSilence.
func FuzzRawSocketReader(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x05hello\x01\x00\x00\x02hi\x02\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x08\x00\x00\x00"))
	f.Add([]byte("\x01\x01\x00\x00"))
	f.Add([]byte("\x03\x00\x00\x00\xf0\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		frames, pings, err := everything(bytes.NewReader(b), 1<<24)
		if err == nil || len(frames)+len(pings) > len(b)/4 {
			t.Fatalf("%d frames, %d pings, %v from %d bytes", len(frames), len(pings), err, len(b))
		}
		cutFrames, cutPings, cutErr := everything(iotest.OneByteReader(bytes.NewReader(b)), 1<<24)
		if !slices.EqualFunc(frames, cutFrames, bytes.Equal) || !slices.EqualFunc(pings, cutPings, bytes.Equal) || err.Error() != cutErr.Error() {
			t.Errorf("read in one piece: %d, %d, %v; cut: %d, %d, %v", len(frames), len(pings), err, len(cutFrames), len(cutPings), cutErr)
		}
	})
}

// batch reads the messages of one batch until the error, which is io.EOF at its end.
func batch(r io.Reader, text bool) (messages [][]byte, err error) {
	c := wsConn{batches: &batching{text: text, in: bufio.NewReader(r)}, readLimit: 1 << 20}
	for {
		m, err := c.nextOfBatch()
		if err != nil {
			return messages, err
		}
		messages = append(messages, m)
	}
}

// F1: whatever a batch holds, its messages are not empty and no larger than it, and
// are the same however the bytes are cut.
func FuzzBatch(f *testing.F) {
	f.Add(true, []byte("[1]\x1e[2]\x18"))
	f.Add(true, []byte("\x1e"))
	f.Add(false, []byte("\x00\x00\x00\x01a\x00\x00\x00\x02bc"))
	f.Add(false, []byte("\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, text bool, b []byte) {
		messages, err := batch(bytes.NewReader(b), text)
		size := 0
		for _, m := range messages {
			size += len(m) + 1
			if len(m) == 0 || size > len(b) {
				t.Fatalf("%q has the message %q", b, m)
			}
		}
		cut, cutErr := batch(iotest.OneByteReader(bytes.NewReader(b)), text)
		if !slices.EqualFunc(messages, cut, bytes.Equal) || (err == io.EOF) != (cutErr == io.EOF) {
			t.Errorf("read in one piece: %d, %v; cut: %d, %v", len(messages), err, len(cut), cutErr)
		}
	})
}
