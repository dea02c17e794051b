package wamptest_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// A test in memory: the callee is a fake, the router is not.
func ExampleStartRealm() {
	realm := wamptest.StartRealm()
	defer realm.Close()
	ctx := context.Background()
	callee, err := realm.Connect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer callee.Close(ctx)
	caller, err := realm.Connect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer caller.Close(ctx)
	_, err = callee.Register(ctx, "com.example.add", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{in.Args[0].(int64) + in.Args[1].(int64)}}, nil
	})
	if err != nil {
		log.Fatal(err)
	}

	out, err := caller.Call(ctx, "com.example.add", []any{2, 3}, nil)
	fmt.Println(out.Args, err)
	// Output: [5] <nil>
}

// A network in which every byte travels alone.
func ExampleFaults() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	go func() {
		if conn, err := l.Accept(); err == nil {
			io.Copy(conn, conn)
		}
	}()
	var network wamptest.Faults
	network.Set(wamptest.Fault{Piece: 1})
	conn, err := network.NetDial(context.Background(), "tcp", l.Addr().String()) // for wamp.WithNetDial
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	if _, err := conn.Write([]byte("hello")); err != nil {
		log.Fatal(err)
	}
	n, err := conn.Read(make([]byte, 5))
	fmt.Println(n, err)
	// Output: 1 <nil>
}

// A server certificate for loopback, and a client that trusts it.
func ExampleNewTLS() {
	server, client, err := wamptest.NewTLS(wamptest.Certificate{})
	if err != nil {
		log.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	go func() {
		if conn, err := l.Accept(); err == nil {
			io.WriteString(conn, "hello")
		}
	}()

	conn, err := tls.Dial("tcp", l.Addr().String(), client) // for wamp.WithTLS
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	greeting := make([]byte, 5)
	_, err = io.ReadFull(conn, greeting)
	fmt.Println(string(greeting), err)
	// Output: hello <nil>
}

// What an agreeable router would say.
func ExampleAnswer() {
	fmt.Println(wamptest.Answer(wamptest.Message{wamptest.Subscribe, int64(7), map[string]any{}, "com.example.topic"}))
	fmt.Println(wamptest.Answer(wamptest.Message{wamptest.Call, int64(8), map[string]any{}, "com.example.add", []any{2, 3}}))
	// Output:
	// [33 7 7]
	// [50 8 map[] [2 3]]
}

// Bytes for SendBytes: half a message in one frame, half in the next.
func ExampleWebSocketFrame() {
	frame, _ := wamptest.Message{wamptest.Goodbye, map[string]any{}, "wamp.close.normal"}.Encode(codec.JSON)
	fmt.Printf("%q\n", wamptest.WebSocketFrame(0x01, frame[:9]))
	fmt.Printf("%q\n", wamptest.WebSocketFrame(0x80, frame[9:]))
	// Output:
	// "\x01\t[6,{},\"wa"
	// "\x80\x11mp.close.normal\"]"
}

// A frame of a reserved type.
func ExampleRawSocketFrame() {
	fmt.Printf("% x\n", wamptest.RawSocketFrame(3, []byte("hi")))
	// Output: 03 00 00 02 68 69
}

// Clients in other processes and languages reach a realm over a loopback
// socket.
func ExampleRealm_Listen() {
	realm := wamptest.StartRealm()
	defer realm.Close()
	server, err := realm.Listen("127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer server.Close()

	ctx := context.Background()
	for _, url := range []string{server.URL(), server.RawSocketURL()} {
		client, err := wamp.Connect(ctx, url, realm.Name())
		if err != nil {
			panic(err)
		}
		fmt.Println(client.Realm())
		if err := client.Close(ctx); err != nil {
			panic(err)
		}
	}
	// Output:
	// realm1
	// realm1
}
