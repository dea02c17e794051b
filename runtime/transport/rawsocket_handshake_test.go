package transport_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

func TestR118_R119_R120_Request(t *testing.T) {
	for _, tc := range []struct {
		f     codec.Format
		limit int
		want  [4]byte
	}{
		{codec.JSON, 1 << 24, [4]byte{0x7f, 0xf1}},
		{codec.MessagePack, 1 << 24, [4]byte{0x7f, 0xf2}},
		{codec.CBOR, 1 << 24, [4]byte{0x7f, 0xf3}},
		{codec.JSON, 512, [4]byte{0x7f, 0x01}},
		{codec.JSON, 1, [4]byte{0x7f, 0x01}},
		{codec.JSON, 513, [4]byte{0x7f, 0x11}},
		{codec.CBOR, 0, [4]byte{0x7f, 0xb3}},         // the default, 1 MiB
		{codec.CBOR, 1<<20 + 1, [4]byte{0x7f, 0xc3}}, // rounded up
	} {
		got := make(chan [4]byte, 1)
		url := "tcp://" + serve(t, func(c net.Conn) {
			b, _ := accept(c, 0)
			got <- b
		})
		l := dial(t, url, transport.Options{Formats: []codec.Format{tc.f}, ReadLimit: tc.limit})
		if b := <-got; b != tc.want {
			t.Errorf("%v, %d bytes: request % x, want % x", tc.f, tc.limit, b, tc.want)
		}
		if l.Format != tc.f || l.SendLimit != 512 || l.TLS != nil || !l.Local || l.URL != url {
			t.Errorf("link %+v", l)
		}
	}
}

// R121, R122, R123, R134, F7.
func TestR121_R122_R123_Replies(t *testing.T) {
	type want struct {
		err  error
		code int
	}
	for name, tc := range map[string]struct {
		reply string
		want  want
	}{
		"no magic":             {"HTTP", want{transport.ErrNotRawSocket, 0}},
		"third octet":          {"\x7f\xf3\x01\x00", want{transport.ErrReservedBits, 0}},
		"fourth octet":         {"\x7f\xf3\x00\x80", want{transport.ErrReservedBits, 0}},
		"fourth octet, error":  {"\x7f\x10\x00\x80", want{transport.ErrReservedBits, 0}},
		"other serializer":     {"\x7f\xf1\x00\x00", want{transport.ErrSerializerMismatch, 0}},
		"reserved serializer":  {"\x7f\xff\x00\x00", want{transport.ErrSerializerMismatch, 0}},
		"error 0":              {"\x7f\x00\x00\x00", want{transport.ErrUnknownReply, 0}},
		"error 1":              {"\x7f\x10\x00\x00", want{transport.ErrSerializerUnsupported, 1}},
		"error 2":              {"\x7f\x20\x00\x00", want{transport.ErrLengthUnacceptable, 2}},
		"error 3":              {"\x7f\x30\x00\x00", want{transport.ErrReservedRefused, 3}},
		"error 4":              {"\x7f\x40\x00\x00", want{transport.ErrTooManyConnections, 4}},
		"error 5":              {"\x7f\x50\x00\x00", want{transport.ErrUnknownReply, 5}},
		"error 15":             {"\x7f\xf0\x00\x00", want{transport.ErrUnknownReply, 15}},
		"silent close":         {"", want{transport.ErrHungUp, 0}},
		"close inside a reply": {"\x7f\xf3", want{transport.ErrHungUp, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			url := "tcp://" + serve(t, func(c net.Conn) {
				io.ReadFull(c, make([]byte, 4))
				io.WriteString(c, tc.reply)
			})
			h := dialFails(t, url, transport.Options{Formats: []codec.Format{codec.CBOR}})
			if !errors.Is(h, tc.want.err) || h.Code != tc.want.code || h.URL != url {
				t.Errorf("%+v, want %v and code %d", h, tc.want.err, tc.want.code)
			}
		})
	}
}

func TestR122_UnknownRepliesDiffer(t *testing.T) {
	seen := map[string]byte{}
	for code := range byte(16) {
		url := "tcp://" + serve(t, func(c net.Conn) {
			io.ReadFull(c, make([]byte, 4))
			c.Write([]byte{0x7f, code << 4, 0, 0})
		})
		h := dialFails(t, url, transport.Options{Formats: []codec.Format{codec.JSON}})
		if other, ok := seen[h.Text]; ok {
			t.Errorf("error replies %d and %d both say %q", other, code, h.Text)
		}
		seen[h.Text] = code
	}
}

// A router may refuse a serializer in three ways; each leads to the next format.
func TestR134_NextFormat(t *testing.T) {
	for name, reply := range map[string]string{
		"unsupported": "\x7f\x10\x00\x00", "hang up": "", "other serializer": "\x7f\xf5\x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			url := "tcp://" + serve(t, func(c net.Conn) {
				var b [4]byte
				io.ReadFull(c, b[:])
				asked.Add(1)
				if codec.Format(b[1]&0x0f) != codec.JSON {
					io.WriteString(c, reply)
					return
				}
				c.Write([]byte{0x7f, 0xf1, 0, 0})
				c.Write(frame(0, []byte("[]")))
			})
			l := dial(t, url, transport.Options{})
			if l.Format != codec.JSON || asked.Load() != 3 {
				t.Errorf("format %v after %d connections, want json after 3", l.Format, asked.Load())
			}
			wantFrame(t, l, []byte("[]"))
		})
	}
}

func TestR134_NoFormatLeft(t *testing.T) {
	var asked atomic.Int64
	url := "tcp://" + serve(t, func(c net.Conn) {
		io.ReadFull(c, make([]byte, 4))
		asked.Add(1)
		io.WriteString(c, "\x7f\x10\x00\x00")
	})
	h := dialFails(t, url, transport.Options{})
	if !errors.Is(h, transport.ErrSerializerUnsupported) || !strings.Contains(h.Text, "cbor") || asked.Load() != 3 {
		t.Errorf("%v after %d connections, want the first refusal after 3", h, asked.Load())
	}
}

func TestR122_OtherRefusalIsNotRetried(t *testing.T) {
	var asked atomic.Int64
	url := "tcp://" + serve(t, func(c net.Conn) {
		io.ReadFull(c, make([]byte, 4))
		asked.Add(1)
		io.WriteString(c, "\x7f\x40\x00\x00")
	})
	if h := dialFails(t, url, transport.Options{}); !errors.Is(h, transport.ErrTooManyConnections) || asked.Load() != 1 {
		t.Errorf("%v after %d connections", h, asked.Load())
	}
}

// Octets may arrive one by one, and frames right behind the reply.
func TestR131_SplitAndCoalesced(t *testing.T) {
	long := message(1000)
	for name, step := range map[string]int{"split": 1, "coalesced": 1 << 20} {
		t.Run(name, func(t *testing.T) {
			url := "tcp://" + serve(t, func(c net.Conn) {
				io.ReadFull(c, make([]byte, 4))
				all := bytes.Join([][]byte{{0x7f, 0xf3, 0, 0}, frame(0, []byte("ab")), frame(0, nil), frame(0, long)}, nil)
				for len(all) > 0 {
					n := min(step, len(all))
					c.Write(all[:n])
					all = all[n:]
				}
			})
			l := dial(t, url, transport.Options{})
			wantFrame(t, l, []byte("ab"))
			wantFrame(t, l, []byte{})
			wantFrame(t, l, long)
			wantReadError(t, l, io.EOF)
		})
	}
}

func TestR132_SendLimit(t *testing.T) {
	for nibble := range byte(16) {
		l := dial(t, "tcp://"+serve(t, func(c net.Conn) { accept(c, nibble) }), transport.Options{})
		want := min(512<<nibble, 1<<24-1)
		if l.SendLimit != want {
			t.Errorf("nibble %d: send limit %d, want %d", nibble, l.SendLimit, want)
		}
	}
}
