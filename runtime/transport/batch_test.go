package transport_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

// batched are the options of a link that offers batches of one format.
func batched(f codec.Format) transport.Options {
	return transport.Options{Formats: []codec.Format{f}, Batched: true, BatchedJSON: transport.EndRecord}
}

// batchOf is a batch in format f, as the specification says.
func batchOf(f codec.Format, messages ...[]byte) []byte {
	var b []byte
	for _, m := range messages {
		if f == codec.JSON {
			b = append(append(b, m...), transport.EndRecord)
			continue
		}
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(m))), m...)
	}
	return b
}

func kindOf(f codec.Format) int {
	if f == codec.JSON {
		return websocket.TextMessage
	}
	return websocket.BinaryMessage
}

// R107, R113: the batched form comes before the plain one of its format, JSON has
// it only with an octet, and the server's choice counts.
func TestR113_Offer(t *testing.T) {
	for _, tc := range []struct {
		o     transport.Options
		offer string
	}{
		{transport.Options{}, "wamp.2.cbor wamp.2.msgpack"},
		{transport.Options{Batched: true}, "wamp.2.cbor.batched wamp.2.cbor wamp.2.msgpack.batched wamp.2.msgpack"},
		{transport.Options{Formats: []codec.Format{codec.JSON}, Batched: true}, "wamp.2.json"},
		{batched(codec.JSON), "wamp.2.json.batched wamp.2.json"},
	} {
		for name := range strings.FieldsSeq(tc.offer) {
			url, requests := answering(t, picked(name), func(c net.Conn) { io.Copy(io.Discard, c) })
			l := dial(t, url, tc.o)
			if got := strings.ReplaceAll((<-requests).Header.Get("Sec-WebSocket-Protocol"), ",", ""); got != tc.offer {
				t.Errorf("offered %q, want %q", got, tc.offer)
			}
			if l.Batched != strings.HasSuffix(name, ".batched") || !strings.Contains(name, l.Format.String()) {
				t.Errorf("%s: batched %v, format %v", name, l.Batched, l.Format)
			}
		}
	}
	if (transport.Options{BatchedJSON: '\n'}).Check() == nil {
		t.Error("a line feed may end a message")
	}
}

// R114, R115: what one Flush sends is one batch, each message with its length in
// front or its octet behind, a single one too.
func TestR114_R115_Written(t *testing.T) {
	one, two, large := []byte("[1,{}]"), []byte("[2,{}]"), message(70_000)
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		got := make(chan []byte, 9)
		url := wsServer(t, func(c *websocket.Conn) {
			for {
				k, b, err := c.ReadMessage()
				if err != nil || k != kindOf(f) {
					close(got)
					return
				}
				got <- b
			}
		})
		l := dial(t, url, batched(f))
		send(t, l, one)
		send(t, l, one, two)
		send(t, l, one, large, two)
		if err := l.Conn.(transport.Pinger).Ping(); err != nil {
			t.Fatal(err)
		}
		send(t, l, two)
		l.Close()
		for i, want := range [][][]byte{{one}, {one, two}, {one}, {large}, {two}, {two}} {
			if b := <-got; !bytes.Equal(b, batchOf(f, want...)) {
				t.Errorf("%v, batch %d: %.40q", f, i, b)
			}
		}
	}
}

// No WebSocket message is larger than the peer accepts: what one Flush sends goes
// into as many batches as it takes.
func TestBatchLimit(t *testing.T) {
	const limit = 1000
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		got := make(chan []byte, 99)
		url := wsServer(t, func(c *websocket.Conn) {
			defer close(got)
			for {
				_, b, err := c.ReadMessage()
				if err != nil {
					return
				}
				got <- b
			}
		})
		o := batched(f)
		o.BatchLimit = limit
		l := dial(t, url, o)
		largest := message(l.SendLimit)
		send(t, l, message(300), message(300), message(300), message(300), largest, message(300), message(96), message(588), message(300))
		l.Close()
		sizes, batches := 0, 0
		for b := range got {
			if sizes += len(b); len(b) > limit {
				t.Errorf("%v: a batch of %d bytes", f, len(b))
			}
			batches++
		}
		if batches != 5 || sizes == 0 {
			t.Errorf("%v: %d batches", f, batches)
		}
	}
}

// R117: the octet of Crossbar.io can be written.
func TestR117_OtherOctet(t *testing.T) {
	got := make(chan []byte, 1)
	url := wsServer(t, func(c *websocket.Conn) {
		_, b, _ := c.ReadMessage()
		got <- b
	})
	l := dial(t, url, transport.Options{Formats: []codec.Format{codec.JSON}, Batched: true, BatchedJSON: transport.EndCancel})
	send(t, l, []byte("[1]"), []byte("[2]"))
	if b := <-got; string(b) != "[1]\x18[2]\x18" {
		t.Errorf("sent %q", b)
	}
}

// R114, R115, R117: batches are read message by message, whatever their size and
// however they are cut into fragments; a batch may be larger than a message may.
func TestR114_R115_Read(t *testing.T) {
	var messages [][]byte
	for n := range 300 {
		messages = append(messages, bytes.Repeat([]byte{'a' + byte(n%26)}, 1+n*7))
	}
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		for _, octet := range []string{"\x1e", "\x18"} {
			url := wsServer(t, func(c *websocket.Conn) {
				b := batchOf(f, messages...)
				if f == codec.JSON {
					b = bytes.ReplaceAll(b, []byte("\x1e"), []byte(octet))
				}
				c.WriteMessage(kindOf(f), b)
				w, _ := c.NextWriter(kindOf(f))
				for part := range slices.Chunk(b, 1009) {
					w.Write(part)
				}
				w.Close()
				c.WriteMessage(kindOf(f), batchOf(f, messages[0]))
				c.ReadMessage()
			})
			o := batched(f)
			o.ReadLimit = len(messages[299])
			l := dial(t, url, o)
			for range 2 {
				for _, m := range messages {
					wantFrame(t, l, m)
				}
			}
			wantFrame(t, l, messages[0])
		}
	}
}

// R116: a batch that is empty, or in which a message is empty or cut off, ends the
// connection with 1002. What was whole before it is read.
func TestR116_Malformed(t *testing.T) {
	good := []byte("[1]")
	type bad struct {
		f     codec.Format
		batch string
		whole int
	}
	list := []bad{
		{codec.JSON, "", 0}, {codec.JSON, "[1]", 0}, {codec.JSON, "\x1e", 0}, {codec.JSON, "[1]\x1e[1]", 1}, {codec.JSON, "[1]\x1e\x18", 1},
	}
	for _, f := range []codec.Format{codec.MessagePack, codec.CBOR} {
		whole := string(batchOf(f, good))
		list = append(list, bad{f, "", 0}, bad{f, "\x00\x00\x00\x00", 0}, bad{f, "\x00\x00\x00", 0},
			bad{f, "\x00\x00\x00\x02a", 0}, bad{f, whole + "\x00", 1}, bad{f, whole + "\x00\x00\x00\x00", 1},
			bad{f, whole + whole[:5], 1}, bad{f, whole + "\x00\x00\x00\x01", 1})
	}
	for _, tc := range list {
		t.Run(fmt.Sprintf("%v %q", tc.f, tc.batch), func(t *testing.T) {
			code := make(chan int, 1)
			url := wsServer(t, func(c *websocket.Conn) {
				c.WriteMessage(kindOf(tc.f), []byte(tc.batch))
				c.WriteMessage(kindOf(tc.f), batchOf(tc.f, []byte("[never]")))
				_, _, err := c.ReadMessage()
				var closed *websocket.CloseError
				errors.As(err, &closed)
				code <- closed.Code
			})
			l := dial(t, url, batched(tc.f))
			for range tc.whole {
				wantFrame(t, l, good)
			}
			if _, err := l.ReadFrame(); !errors.Is(err, transport.ErrBatch) {
				t.Errorf("got %v", err)
			}
			wantReadError(t, l, transport.ErrBatch)
			if got := <-code; got != websocket.CloseProtocolError {
				t.Errorf("closed with %d", got)
			}
		})
	}
}

// F2, F5: a length is checked before memory is taken, a message above the limit
// ends the connection with 1009 and shows its beginning, and one that stops short
// costs what has come.
func TestR116_Limits(t *testing.T) {
	const limit = 1000
	for _, f := range []codec.Format{codec.JSON, codec.CBOR} {
		large := message(limit + 1)
		copy(large, "this is it ")
		code := make(chan int, 1)
		url := wsServer(t, func(c *websocket.Conn) {
			c.WriteMessage(kindOf(f), batchOf(f, message(limit), large, message(limit)))
			_, _, err := c.ReadMessage()
			var closed *websocket.CloseError
			errors.As(err, &closed)
			code <- closed.Code
		})
		o := batched(f)
		o.ReadLimit = limit
		l := dial(t, url, o)
		wantFrame(t, l, message(limit))
		wantHead(t, l, large[:256])
		if got := <-code; got != websocket.CloseMessageTooBig {
			t.Errorf("%v: closed with %d", f, got)
		}
	}
	for _, announced := range []uint32{1 << 24, 1<<32 - 1} {
		url, _ := answering(t, picked("wamp.2.cbor.batched"), func(c net.Conn) {
			c.Write(append([]byte{0x82, 0x7e, 0xff, 0xff}, binary.BigEndian.AppendUint32(nil, announced)...))
		})
		o := batched(codec.CBOR)
		o.ReadLimit = transport.MaxReadLimit
		l := dial(t, url, o)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := l.ReadFrame()
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; err == nil || grown > 64<<10 {
			t.Errorf("a length of %d cost %d bytes: %v", announced, grown, err)
		}
	}
}

// What a peer that hangs up leaves behind is no malformed batch.
func TestBatch_HungUp(t *testing.T) {
	url, _ := answering(t, picked("wamp.2.cbor.batched"), func(c net.Conn) { io.WriteString(c, "\x82\x0a\x00\x00\x00\x06ab") })
	if _, err := dial(t, url, batched(codec.CBOR)).ReadFrame(); err == nil || errors.Is(err, transport.ErrBatch) {
		t.Errorf("got %v", err)
	}
}

// The type of a message holds for batches too.
func TestR108_BatchType(t *testing.T) {
	url := wsServer(t, func(c *websocket.Conn) { c.WriteMessage(websocket.TextMessage, batchOf(codec.CBOR, []byte("[1]"))) })
	wantReadError(t, dial(t, url, batched(codec.CBOR)), transport.ErrMessageType)
}
