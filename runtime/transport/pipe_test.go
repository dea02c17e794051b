package transport_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

func TestPipe_BothWays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := transport.Pipe(codec.MessagePack)
		if client.Format != codec.MessagePack || !client.Local || client.TLS != nil || client.URL == "" {
			t.Errorf("link %+v", client)
		}
		go echo(peer{recv: server.ReadFrame, send: func(b []byte) error {
			return errors.Join(server.WriteFrame(b, nil), server.Flush())
		}})
		for i := range 300 {
			m := message(i)
			if err := client.WriteFrame(m[:i/2], m[i/2:]); err != nil {
				t.Fatal(err)
			}
			clear(m) // nothing of it may be kept
			send(t, client)
			wantFrame(t, client, message(i))
		}
		client.Close()
		synctest.Wait()
		wantReadError(t, server, io.EOF)
	})
}

// Nothing arrives before Flush, and what was flushed arrives although its writer has closed.
func TestPipe_FlushAndClose(t *testing.T) {
	client, server := transport.Pipe(codec.JSON)
	send(t, client, []byte("1"), []byte("2"))
	if err := client.WriteFrame([]byte("3"), nil); err != nil {
		t.Fatal(err)
	}
	client.Close()
	client.Close()
	for _, want := range []string{"1", "2"} {
		wantFrame(t, server, []byte(want))
	}
	wantReadError(t, server, io.EOF)
	if err := errors.Join(server.WriteFrame([]byte("x"), nil), server.Flush()); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("write to a closed peer: %v", err)
	}
	if err := errors.Join(client.WriteFrame([]byte("x"), nil), client.Flush()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("write after Close: %v", err)
	}
	wantReadError(t, client, net.ErrClosed)
}

func TestPipe_Limit(t *testing.T) {
	client, server := transport.Pipe(codec.JSON)
	m := make([]byte, transport.MaxReadLimit)
	if err := client.WriteFrame([]byte("x"), m); !errors.Is(err, transport.ErrTooLarge) {
		t.Errorf("%v, want ErrTooLarge", err)
	}
	send(t, client, m)
	if b, err := server.ReadFrame(); err != nil || !bytes.Equal(b, m) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}
