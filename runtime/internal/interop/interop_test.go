// Package interop proves the client against foreign clients in other
// languages, through a real router.
package interop

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"reflect"
	"testing"

	"github.com/wampgen/wampgen/examples/quickstart/shop"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// callee is the shop with a stock of ten of everything.
type callee struct{ shop.Callee }

func (callee) OrderPlace(_ context.Context, in shop.OrderPlaceArgs) (shop.Order, error) {
	if in.Quantity > 10 {
		return shop.Order{}, &shop.OutOfStockError{Message: "sold out", Sku: in.Sku, Available: 10}
	}
	return shop.Order{ID: 1, Sku: in.Sku, Quantity: in.Quantity, Note: in.Note}, nil
}

// peer is a running foreign client.
type peer struct {
	t     *testing.T
	in    io.Closer
	lines *bufio.Scanner
}

func startPeer(t *testing.T, library, url, serializer string) *peer {
	t.Helper()
	modules := os.Getenv("WAMPGEN_NODE")
	if modules == "" {
		t.Skip("WAMPGEN_NODE does not name a node_modules with autobahn and wampy; .ci/interop makes one")
	}
	cmd := exec.CommandContext(t.Context(), "node", "peer.js", library, url, serializer)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait() // ended by its input or, at the latest, by the test's ctx
	})
	return &peer{t: t, in: in, lines: bufio.NewScanner(out)}
}

// expect reads the peer's next step, which must be this one with this value.
func (p *peer) expect(step, want string) {
	p.t.Helper()
	if !p.lines.Scan() {
		p.t.Fatalf("the peer ended before %q", step)
	}
	var got struct {
		Step  string
		Value json.RawMessage
	}
	if err := json.Unmarshal(p.lines.Bytes(), &got); err != nil {
		p.t.Fatal(err)
	}
	var a, b any
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		p.t.Fatal(err)
	}
	if err := json.Unmarshal(got.Value, &a); err != nil {
		p.t.Fatal(err)
	}
	if got.Step != step || !reflect.DeepEqual(a, b) {
		p.t.Fatalf("got %s %s, want %s %s", got.Step, got.Value, step, want)
	}
}

func TestForeignClients(t *testing.T) {
	for _, library := range []string{"autobahn", "wampy"} {
		for _, serializer := range []string{"json", "msgpack", "cbor"} {
			t.Run(library+"/"+serializer, func(t *testing.T) { foreign(t, library, serializer) })
		}
	}
}

func foreign(t *testing.T, library, serializer string) {
	ctx := t.Context()
	router := router.New(t, router.Config{})
	client, err := wamp.Connect(ctx, router.RawSocketURL(), "realm1")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close(context.Background())
	if _, err := shop.Serve(ctx, client, shop.HandleOrderPlace(callee{}.OrderPlace)); err != nil {
		t.Fatal(err)
	}
	hello := make(chan wamp.Payload, 1)
	_, err = client.Subscribe(ctx, "com.example.js.hello", func(_ context.Context, ev wamp.Payload) error {
		hello <- ev
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	p := startPeer(t, library, router.WebSocketURL(), serializer)
	p.expect("position", `{"id":1,"sku":"tea","quantity":2,"note":"Grüße"}`)
	p.expect("name", `{"id":1,"sku":"tea","quantity":1}`)
	p.expect("error", `{"uri":"com.example.shop.error.out_of_stock","args":["sold out"],"kwargs":{"sku":"tea","available":10}}`)
	p.expect("invalid", `{"uri":"wamp.error.invalid_argument","args":["args[1]: want int, got string"],"kwargs":{}}`)
	// JavaScript has one kind of number: some serializers send a large integer as a float.
	ev := <-hello
	if ev.Args[0] != int64(1<<53-1) && ev.Args[0] != float64(1<<53-1) || ev.Args[1] != "hi" {
		t.Errorf("got the event %v", ev.Args)
	}
	p.expect("ready", `null`)

	err = shop.PublishOrderPlaced(ctx, client, shop.OrderPlaced{Order: shop.Order{ID: 7, Sku: "tea", Quantity: 1}, Left: 3})
	if err != nil {
		t.Fatal(err)
	}
	p.expect("event", `{"args":[{"id":7,"sku":"tea","quantity":1}],"kwargs":{"left":3}}`)
	out, err := client.Call(ctx, "com.example.js.add", []any{2, 40}, nil)
	if err != nil || !reflect.DeepEqual(out.Args, []any{int64(42)}) {
		t.Errorf("com.example.js.add: %v, %v", out.Args, err)
	}
}
