package script

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"time"

	nexus "github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/router/auth"
	"github.com/gammazero/nexus/v3/wamp"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/ssh"

	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// logins starts a router that only lets users in, over TLS, and only clients that
// show a certificate. It sets $URL and writes the secrets into the folder of the
// script.
func logins(ts *testscript.TestScript, _ bool, _ []string) {
	server, _, err := wamptest.NewTLS(wamptest.Certificate{})
	ts.Check(err)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	ts.Check(err)
	sealed, err := ssh.MarshalPrivateKeyWithPassphrase(key, "bob", []byte("hush-passphrase"))
	ts.Check(err)
	cert, certKey, leaf := clientCertificate(ts)
	for name, text := range map[string][]byte{
		"ca.pem":     pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificates[0].Certificate[0]}),
		"client.pem": cert, "client-key.pem": certKey,
		"ticket": []byte("hush-ticket\n"), "password": []byte("hush-password\n"), "passphrase": []byte("hush-passphrase\n"),
		"wrong": []byte("hush-wrong\n"), "seed": []byte(hex.EncodeToString(key.Seed()) + "\n"), "bob.key": pem.EncodeToMemory(sealed),
	} {
		ts.Check(os.WriteFile(filepath.Join(ts.Getenv("WORK"), name), text, 0o600))
	}
	server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	server.ClientCAs.AddCert(leaf)
	r, err := router.Start(router.Config{
		TLS: server, NoAnonymous: true,
		Users: []router.User{
			{ID: "ann", Ticket: "hush-ticket", Secret: "hush-password", SCRAM: &router.SCRAM{Password: "hush-password"}},
			{ID: "bob", PublicKey: key.Public().(ed25519.PublicKey)},
		},
		Nexus: func(c *nexus.Config) {
			for _, realm := range c.RealmConfigs {
				realm.Authenticators = append([]auth.Authenticator{byCertificate{}}, realm.Authenticators...)
			}
		},
	})
	ts.Check(err)
	ts.Defer(r.Stop)
	ts.Setenv("URL", r.WebSocketURL())
	ts.Setenv("RAWURL", r.RawSocketURL())
}

// clientCertificate returns a certificate and its key, in PEM and parsed.
func clientCertificate(ts *testscript.TestScript) (cert, key []byte, leaf *x509.Certificate) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	ts.Check(err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	ts.Check(err)
	leaf, err = x509.ParseCertificate(der)
	ts.Check(err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), leaf
}

// byCertificate lets everybody in who has come through TLS: nexus does not have the
// method.
type byCertificate struct{}

func (byCertificate) AuthMethod() string { return "tls" }

func (byCertificate) Authenticate(wamp.ID, wamp.Dict, wamp.Peer) (*wamp.Welcome, error) {
	return &wamp.Welcome{Details: wamp.Dict{"authid": "cert", "authrole": "user", "authmethod": "tls", "authprovider": "static"}}, nil
}

// guarded starts a router that lets nobody call the procedures that are named, and
// sets $URL.
func guarded(ts *testscript.TestScript, _ bool, args []string) {
	r, err := router.Start(router.Config{Nexus: func(c *nexus.Config) {
		for _, realm := range c.RealmConfigs {
			realm.Authorizer = guard(args)
			realm.RequireLocalAuthz = true
		}
	}})
	ts.Check(err)
	ts.Defer(r.Stop)
	ts.Setenv("URL", r.WebSocketURL())
}

// guard are procedures that nobody may call.
type guard []string

func (g guard) Authorize(_ *wamp.Session, m wamp.Message) (bool, error) {
	call, ok := m.(*wamp.Call)
	return !ok || !slices.Contains(g, string(call.Procedure)), nil
}
