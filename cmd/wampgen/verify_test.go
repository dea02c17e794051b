package main

import (
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// A router without the meta API, or one that hides it, is no reason to find that
// nobody serves anything.
func TestVerify_Unseen(t *testing.T) {
	folder(t, map[string]string{"shop.wamp.yaml": shopSchema})
	for uri, want := range map[string]string{
		"wamp.error.no_such_procedure": "this router does not have the registration meta API",
		"wamp.error.not_authorized":    "allow this user to call wamp.registration.*",
	} {
		script := wamptest.NewScript(t, wamptest.WebSocket, codec.CBOR)
		go func() {
			peer := script.Accept()
			peer.Join()
			call := peer.Expect(wamptest.Call)
			peer.Send(wamptest.Message{wamptest.Error, wamptest.Call, call.ID(1), map[string]any{}, uri})
			peer.Expect(wamptest.Goodbye)
			peer.Send(wamptest.Message{wamptest.Goodbye, map[string]any{}, "wamp.close.goodbye_and_out"})
		}()
		wampgen("verify", "--url", script.URL()).want(t, exitFailed, "", want)
	}
}
