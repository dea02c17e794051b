package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

// rawSocketRouter is a router that takes messages of up to 512 bytes and sends
// one of its own.
func rawSocketRouter(message string) (url string, stop func()) {
	router, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err.Error(), func() {}
	}
	go func() {
		c, err := router.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		if _, err := accept(c, 0); err == nil {
			c.Write(frame(0, []byte(message)))
		}
	}()
	return "tcp://" + router.Addr().String(), func() { router.Close() }
}

// A connection carries whole messages; what was agreed on it is in the Link.
func ExampleNet_Dial() {
	url, stop := rawSocketRouter(`[3,{},"wamp.error.no_such_realm"]`)
	defer stop()

	link, err := transport.Net{}.Dial(context.Background(), url, transport.Options{Formats: []codec.Format{codec.JSON}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer link.Close()
	message, err := link.ReadFrame()
	fmt.Println(string(message), err)
	fmt.Println(link.Format, link.SendLimit, link.Local)
	// Output:
	// [3,{},"wamp.error.no_such_realm"] <nil>
	// json 512 true
}

// discovery is a Dialer that finds routers by a name of one's own.
type discovery map[string]string

func (d discovery) Dial(ctx context.Context, name string, o transport.Options) (*transport.Link, error) {
	url, ok := d[name]
	if !ok {
		return nil, errors.New("no router is called " + name)
	}
	return transport.Net{}.Dial(ctx, url, o)
}

// Anything that opens a Link is a Dialer, and wamp.WithDialer takes it.
func ExampleDialer() {
	ctx := context.Background()
	url, stop := rawSocketRouter("hello")
	defer stop()
	var dialer transport.Dialer = discovery{"router of the shop": url}

	link, err := dialer.Dial(ctx, "router of the shop", transport.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer link.Close()
	fmt.Println(link.Format)
	_, err = dialer.Dial(ctx, "router of the bank", transport.Options{})
	fmt.Println(err)
	// Output:
	// cbor
	// no router is called router of the bank
}

// A connection in memory, for tests: messages leave at Flush.
func ExamplePipe() {
	client, server := transport.Pipe(codec.JSON)
	defer client.Close()
	defer server.Close()

	client.WriteFrame([]byte(`[1,"realm1",`), []byte(`{}]`))
	client.Flush()
	message, err := server.ReadFrame()
	fmt.Println(string(message), err)
	// Output: [1,"realm1",{}] <nil>
}

// A message beyond what the peer takes is refused here, and the connection is
// as good as before.
func ExampleConn() {
	url, stop := rawSocketRouter("hello")
	defer stop()
	link, err := transport.Net{}.Dial(context.Background(), url, transport.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer link.Close()

	err = link.WriteFrame(make([]byte, link.SendLimit+1), nil)
	fmt.Println(errors.Is(err, transport.ErrTooLarge))
	fmt.Println(link.WriteFrame(make([]byte, link.SendLimit), nil), link.Flush())
	// Output:
	// true
	// <nil> <nil>
}

// Why there is no connection: here a server does not speak WebSocket, and there
// nobody listens at all.
func ExampleHandshakeError() {
	server := httptest.NewServer(nil)
	url := strings.Replace(server.URL, "http", "ws", 1)

	_, err := transport.Net{}.Dial(context.Background(), url, transport.Options{})
	var failure *transport.HandshakeError
	if errors.As(err, &failure) {
		fmt.Println(failure.Code, failure.URL == url)
	}

	server.Close()
	_, err = transport.Net{}.Dial(context.Background(), url, transport.Options{})
	var network *net.OpError
	fmt.Println(errors.As(err, &failure), errors.As(err, &network))
	// Output:
	// 404 true
	// true true
}

// A WebSocket connection can say why it closes.
func ExampleCloseSayer() {
	heard := make(chan error)
	server := httptest.NewServer(upgrader(func(c *websocket.Conn) {
		_, _, err := c.ReadMessage()
		heard <- err
	}))
	defer server.Close()
	link, err := transport.Net{}.Dial(context.Background(), strings.Replace(server.URL, "http", "ws", 1), transport.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}

	go link.Conn.(transport.CloseSayer).CloseWith(1000, "that was all")
	fmt.Println(<-heard)
	// Output: websocket: close 1000 (normal): that was all
}

// Pings find a peer that is gone without a word. Connections over WebSocket
// have them, and over RawSocket where the router knows them.
func ExamplePinger() {
	for _, allowed := range []bool{false, true} {
		url, stop := rawSocketRouter("hello")
		link, err := transport.Net{}.Dial(context.Background(), url, transport.Options{RawSocketPing: allowed})
		if err != nil {
			fmt.Println(err)
			return
		}
		_, can := link.Conn.(transport.Pinger)
		fmt.Println(can)
		link.Close()
		stop()
	}
	// Output:
	// false
	// true
}

// The URL as it may be shown, or what is wrong with it.
func ExampleCheck() {
	fmt.Println(transport.Check("wss://router.example/ws?token=secret"))
	_, err := transport.Check("https://router.example/ws")
	fmt.Println(err)
	// Output:
	// wss://router.example/ws <nil>
	// wamp: scheme of the router URL must be ws, wss, tcp (or rs), tcps (or rss) or unix
}

// Would others on the way see what is sent there?
func ExampleExposed() {
	for _, url := range []string{"ws://router.example/ws", "wss://router.example/ws", "ws://localhost/ws", "unix:///run/router"} {
		fmt.Println(transport.Exposed(url), url)
	}
	// Output:
	// true ws://router.example/ws
	// false wss://router.example/ws
	// false ws://localhost/ws
	// false unix:///run/router
}
