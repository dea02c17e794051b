package wamp_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"log"

	wamp "github.com/wampgen/wampgen/runtime"
)

// sealing encrypts payloads from end to end: a router sees neither what is in
// them nor can it use one as another.
type sealing struct {
	keys    map[string]cipher.AEAD // by id
	current string                 // the id of the one that seals
}

func (s *sealing) Seal(_ context.Context, m *wamp.PassthruMessage, payload []byte) ([]byte, error) {
	m.Cipher, m.KeyID = "aes256gcm", s.current
	key := s.keys[m.KeyID]
	nonce := make([]byte, key.NonceSize())
	_, _ = rand.Read(nonce) // it never fails
	return key.Seal(nonce, nonce, payload, s.context(m)), nil
}

func (s *sealing) Open(_ context.Context, m *wamp.PassthruMessage, sealed []byte) ([]byte, error) {
	key, known := s.keys[m.KeyID]
	if !known || m.Cipher != "aes256gcm" || len(sealed) < key.NonceSize() {
		return nil, errors.New("unknown key or cipher")
	}
	nonce, sealed := sealed[:key.NonceSize()], sealed[key.NonceSize():]
	return key.Open(nil, nonce, sealed, s.context(m))
}

// context is what a payload belongs to; it is authenticated with it.
func (*sealing) context(m *wamp.PassthruMessage) []byte {
	return []byte(m.Scheme + " " + m.Serializer + " " + string(m.Kind) + " " + m.URI)
}

func newSealing() *sealing {
	block, err := aes.NewCipher([]byte("a secret that both peers know..."))
	if err != nil {
		log.Fatal(err)
	}
	key, err := cipher.NewGCM(block)
	if err != nil {
		log.Fatal(err)
	}
	return &sealing{map[string]cipher.AEAD{"2026": key}, "2026"}
}

// Payloads of the scheme x_sealed are encrypted: the handler and the caller get
// them opened.
func ExampleWithPayloadCodec() {
	ctx := context.Background()
	client := exampleClient(wamp.WithPayloadCodec("x_sealed", newSealing()))
	defer client.Close(ctx)
	_, err := client.Register(ctx, "com.example.greet", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
		came := wamp.CallInfoFrom(ctx).Passthru
		fmt.Println(came.Scheme, came.Cipher, came.KeyID)
		return wamp.Payload{Args: []any{"Hello " + in.Args[0].(string)}}, nil
	})
	if err != nil {
		log.Fatal(err)
	}

	out, err := client.Call(ctx, "com.example.greet", []any{"Ann"}, nil, wamp.WithPassthru(wamp.Passthru{Scheme: "x_sealed"}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Args[0])
	// Output:
	// x_sealed aes256gcm 2026
	// Hello Ann
}

// A gateway passes the payload of an MQTT message on as it is.
func ExampleWithPassthru() {
	ctx := context.Background()
	client := exampleClient(wamp.WithPayloadCodec("mqtt", nil))
	defer client.Close(ctx)
	done := make(chan struct{})
	_, err := client.Subscribe(ctx, "com.example.sensor", func(_ context.Context, in wamp.Payload) error {
		fmt.Printf("% x\n", in.Args[0])
		close(done)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}

	mqtt := wamp.WithPassthru(wamp.Passthru{Scheme: "mqtt", Serializer: "native"})
	if err := client.Publish(ctx, "com.example.sensor", []any{[]byte{0x17, 0x2a}}, nil, mqtt, wamp.WithExcludeMe(false)); err != nil {
		log.Fatal(err)
	}
	<-done
	// Output: 17 2a
}

// A caller that takes sealed results only does not take what a router, or a
// callee without the key, makes up.
func ExampleWithPassthruOnly() {
	ctx := context.Background()
	client := exampleClient(wamp.WithPayloadCodec("x_sealed", newSealing()))
	defer client.Close(ctx)
	_, err := client.Register(ctx, "com.example.price", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{0}}, nil
	})
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.Call(ctx, "com.example.price", nil, nil, wamp.WithPassthruOnly())
	fmt.Println(errors.Is(err, wamp.ErrPassthru), err)
	// Output: true wamp: result of com.example.price: payload passthru: the payload came without payload passthru mode
}
