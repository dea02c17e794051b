package wamp

import (
	"errors"
	"sync"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// hollow is a MessagePack list of n empty maps: one byte each for a peer, fifty
// and more for us.
func hollow(n int) codec.Payload {
	b := append([]byte{0x91, 0xdd, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, make([]byte, n)...)
	for i := range n {
		b[6+i] = 0x80
	}
	return codec.Payload{Args: codec.Raw{Format: codec.MessagePack, Data: b}}
}

// TestMemory_ManyHollowPayloads: 64 handlers that hold a list of empty maps each
// together hold no more than the client's limit; what does not fit is an error of
// its own message, and all of it is given back.
func TestMemory_ManyHollowPayloads(t *testing.T) {
	const limit = 32 << 20
	c := &common{memory: codec.NewBudget(limit)}
	raw := hollow(256 << 10)
	var holding, over sync.WaitGroup
	var mu sync.Mutex
	held, refused := 0, 0
	holding.Add(64)
	hold := make(chan struct{})
	for range 64 {
		over.Go(func() {
			var d codec.Decoder
			var p Payload
			c.limit(&d)
			d.Payload(raw, &p, nil, codec.Input)
			n := d.Held()
			mu.Lock()
			held += n
			var bad *ValueError
			if errors.As(d.Err(), &bad) && bad.Rule == codec.RuleLimit {
				refused++
			}
			mu.Unlock()
			holding.Done()
			<-hold
			c.memory.Give(n)
		})
	}
	holding.Wait()
	if held > limit || refused == 0 {
		t.Errorf("%d bytes held, %d of 64 refused", held, refused)
	}
	close(hold)
	over.Wait()
	var d codec.Decoder
	var p Payload
	c.limit(&d)
	if d.Payload(raw, &p, nil, codec.Input); d.Err() != nil {
		t.Errorf("not all was given back: %v", d.Err())
	}
}
