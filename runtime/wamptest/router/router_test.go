package router_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/url"
	"syscall"
	"testing"
	"time"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/transport/serialize"
	"github.com/gammazero/nexus/v3/wamp"

	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// join connects the Go client of nexus, which knows nothing of this project.
func join(t *testing.T, rawURL string, s serialize.Serialization) *client.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, err := client.ConnectNet(ctx, rawURL, client.Config{
		Realm: "realm1", Serialization: s, ResponseTimeout: time.Minute,
		Logger: log.New(io.Discard, "", 0),
	})
	if err != nil {
		t.Fatalf("join %s: %v", rawURL, err)
	}
	return c
}

// echo registers a procedure on one client and calls it from another.
func echo(t *testing.T, callee, caller *client.Client) {
	t.Helper()
	err := callee.Register("com.test.echo", func(_ context.Context, inv *wamp.Invocation) client.InvokeResult {
		return client.InvokeResult{Args: inv.Arguments}
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := caller.Call(t.Context(), "com.test.echo", nil, wamp.List{"hello"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := wamp.AsString(got.Arguments[0]); s != "hello" {
		t.Fatalf("echo answered %v", got.Arguments)
	}
}

func TestRouter_BothTransportsAllFormats(t *testing.T) {
	r := router.New(t, router.Config{})
	for _, s := range []serialize.Serialization{serialize.JSON, serialize.MSGPACK, serialize.CBOR} {
		web, raw := join(t, r.WebSocketURL(), s), join(t, r.RawSocketURL(), s)
		echo(t, web, raw)
		_ = web.Close()
		_ = raw.Close()
	}
}

func TestRouter_UnixSocket(t *testing.T) {
	r := router.New(t, router.Config{UnixPath: t.TempDir() + "/wamp.sock"})
	c := join(t, r.UnixURL(), serialize.CBOR)
	defer c.Close()
	echo(t, c, c)
}

func TestRouter_StopAndStartOnTheSamePorts(t *testing.T) {
	r := router.New(t, router.Config{})
	web, raw := r.WebSocketURL(), r.RawSocketURL()
	for i := range 20 {
		a, b := join(t, web, serialize.CBOR), join(t, raw, serialize.MSGPACK)
		echo(t, a, b)
		end := r.Stop
		if i%2 == 1 {
			end = r.Kill
		}
		end()
		<-a.Done()
		<-b.Done()
		if n := r.Connections(); n != 0 {
			t.Fatalf("%d connections after the end", n)
		}
		for _, u := range []string{web, raw} {
			if conn, err := net.Dial("tcp", host(t, u)); err == nil {
				_ = conn.Close()
				t.Fatalf("%s still listens after the end", u)
			}
		}
		if err := r.Start(); err != nil {
			t.Fatal(err)
		}
		if r.WebSocketURL() != web || r.RawSocketURL() != raw {
			t.Fatalf("ports changed: %s %s", r.WebSocketURL(), r.RawSocketURL())
		}
	}
}

// The ports of a stopped router are held as package ports does it: other servers do
// not get them.
func TestRouter_KeepsItsPortsWhileStopped(t *testing.T) {
	r, p := router.New(t, router.Config{}), router.NewProcess(t, router.Config{})
	r.Stop()
	p.Kill()
	for _, u := range []string{r.WebSocketURL(), r.RawSocketURL(), p.WebSocketURL(), p.RawSocketURL()} {
		if port, err := net.ListenPacket("udp", host(t, u)); err == nil {
			_ = port.Close()
			t.Errorf("nobody holds the port of %s", u)
		}
	}
}

func TestRouter_DropEndsConnectionsAndServesOn(t *testing.T) {
	r := router.New(t, router.Config{})
	c := join(t, r.WebSocketURL(), serialize.JSON)
	r.Drop()
	<-c.Done()
	c = join(t, r.WebSocketURL(), serialize.JSON)
	defer c.Close()
	echo(t, c, c)
}

// A client that joined and never reads again must not hold up Stop.
func TestRouter_StopDoesNotWaitForSilentPeers(t *testing.T) {
	r := router.New(t, router.Config{})
	conn, err := net.Dial("tcp", host(t, r.RawSocketURL()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte{0x7f, 0xf1, 0, 0}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	r.Stop()
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Fatal("the connection lives on after Stop")
	}
}

func host(t *testing.T, rawURL string) string {
	t.Helper()
	u, err := url.Parse(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// TestFaults_OnALiveRouter puts a fault between a client and a real router, and
// kills the router.
func TestFaults_OnALiveRouter(t *testing.T) {
	f := &wamptest.Faults{}
	r := router.New(t, router.Config{})
	u, err := url.Parse(r.RawSocketURL())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := f.NetDial(t.Context(), "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	f.Set(wamptest.Fault{Piece: 1, Delay: time.Millisecond})
	if _, err := conn.Write([]byte{0x7f, 0xf1, 0, 0}); err != nil {
		t.Fatal(err)
	}
	reply := make([]byte, 4)
	if _, err := io.ReadFull(conn, reply); err != nil || reply[1] != 0xf1 {
		t.Fatalf("% x %v", reply, err)
	}
	r.Kill()
	if _, err := conn.Read(reply); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read after a kill: %v", err)
	}
}
