package router_test

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// Every kind of user logs in with the client of this project, and nobody with a
// wrong secret.
func TestRouter_LetsTheRightOnesIn(t *testing.T) {
	seed := make([]byte, ed25519.SeedSize)
	private := ed25519.NewKeyFromSeed(seed)
	secret, wrong := auth.NewSecret("s3cret"), auth.NewSecret("wrong")
	key, wrongKey := auth.NewSecret(hex.EncodeToString(seed)), auth.NewSecret(hex.EncodeToString(append(seed[:31:31], 1)))
	r := router.New(t, router.Config{NoAnonymous: true, Users: []router.User{
		{ID: "ticket", Ticket: "s3cret"},
		{ID: "cra", Secret: "s3cret"},
		{ID: "salted", Secret: "s3cret", Salt: "pepper"},
		{ID: "key", PublicKey: private.Public().(ed25519.PublicKey)},
		{ID: "argon", SCRAM: &router.SCRAM{Password: "s3cret"}},
		{ID: "pb", SCRAM: &router.SCRAM{Password: "s3cret", KDF: "pbkdf2"}},
	}})
	for name, methods := range map[string][2]auth.Method{
		"ticket": {auth.Ticket("ticket", secret), auth.Ticket("ticket", wrong)},
		"cra":    {auth.CRA("cra", secret), auth.CRA("cra", wrong)},
		"salted": {auth.CRA("salted", secret), auth.CRA("salted", wrong)},
		"key":    {auth.Cryptosign("key", key), auth.Cryptosign("key", wrongKey)},
		"argon":  {auth.SCRAM("argon", secret), auth.SCRAM("argon", wrong)},
		"pb":     {auth.SCRAM("pb", secret), auth.SCRAM("pb", wrong)},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			for _, url := range []string{r.WebSocketURL(), r.RawSocketURL()} {
				for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
					c, err := wamp.Connect(ctx, url, "realm1", wamp.WithAuth(methods[0]), wamp.WithSerializers(f))
					if err != nil {
						t.Fatalf("%s %s: %v", url, f, err)
					}
					_ = c.Close(ctx)
				}
			}
			_, err := wamp.Connect(ctx, r.RawSocketURL(), "realm1", wamp.WithAuth(methods[1]), wamp.WithMaxElapsed(time.Nanosecond))
			if _, ok := errors.AsType[*wamp.Error](err); !ok {
				t.Errorf("with a wrong secret: %v", err)
			}
		})
	}
}
