package transport_test

import (
	"context"
	"fmt"
	"net"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

func ExampleNet_Dial() {
	router, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer router.Close()
	go func() { // a router that takes messages of up to 512 bytes and sends one
		c, err := router.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		if _, err := accept(c, 0); err == nil {
			c.Write(frame(0, []byte(`[3,{},"wamp.error.no_such_realm"]`)))
		}
	}()

	link, err := transport.Net{}.Dial(context.Background(), "tcp://"+router.Addr().String(), transport.Options{
		Formats: []codec.Format{codec.JSON},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer link.Close()
	message, err := link.ReadFrame()
	fmt.Println(link.Format, link.SendLimit, string(message), err)
	// Output: json 512 [3,{},"wamp.error.no_such_realm"] <nil>
}

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
