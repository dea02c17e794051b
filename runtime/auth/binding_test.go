package auth

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// handshake makes a TLS connection in memory and returns what both ends know of it.
func handshake(t *testing.T, version uint16, key crypto.Signer) (client, server tls.ConnectionState) {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"router.test"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	c, s := net.Pipe()
	defer func() { _, _ = c.Close(), s.Close() }()
	one := tls.Client(c, &tls.Config{ServerName: "router.test", RootCAs: roots, MaxVersion: version})
	two := tls.Server(s, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	done := make(chan error, 1)
	go func() { done <- two.Handshake() }()
	if err := one.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return one.ConnectionState(), two.ConnectionState()
}

func ecdsaKey(t *testing.T, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// R287, R291, R293, R294, R295: both ends of a connection come to the same octets, other connections to others.
func TestChannelID(t *testing.T) {
	key := ecdsaKey(t, elliptic.P256())
	client12, server12 := handshake(t, tls.VersionTLS12, key)
	client13, server13 := handshake(t, tls.VersionTLS13, key)
	other, _ := handshake(t, tls.VersionTLS13, key)

	finished := sha256.Sum256(server12.TLSUnique)
	got, err := channelID(TLSUnique, Channel{TLS: &client12})
	if err != nil || !bytes.Equal(got, finished[:]) {
		t.Errorf("tls-unique: %x, %v; want %x", got, err, finished)
	}
	for version, pair := range map[string][2]tls.ConnectionState{"1.2": {client12, server12}, "1.3": {client13, server13}} {
		want, err := pair[1].ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := channelID(TLSExporter, Channel{TLS: &pair[0]}); err != nil || !bytes.Equal(got, want) {
			t.Errorf("tls-exporter over TLS %s: %x, %v; want %x", version, got, err, want)
		}
	}
	one, _ := channelID(TLSExporter, Channel{TLS: &client13})
	if two, _ := channelID(TLSExporter, Channel{TLS: &other}); bytes.Equal(one, two) {
		t.Error("two connections with one channel id")
	}
	_, err = channelID(TLSUnique, Channel{TLS: &client13})
	checkRefused(t, err)
	if err == nil || !strings.Contains(err.Error(), "got TLS 1.3, which has none: use tls-exporter if the router knows it") {
		t.Error(err)
	}
	for _, b := range []Binding{TLSUnique, TLSExporter, TLSServerEndPoint, "tls-something"} {
		for _, state := range []*tls.ConnectionState{nil, {}} {
			_, err := channelID(b, Channel{TLS: state})
			checkRefused(t, err)
			_, err = b.data("scram", state)
			checkRefused(t, err)
		}
	}
	if _, err := Binding("tls-something").data("scram", &client13); err == nil {
		t.Error("an unknown binding was accepted")
	}
	if got, err := channelID("", Channel{}); got != nil || err != nil {
		t.Errorf("no binding: %x, %v", got, err)
	}
}

// R287: tls-server-end-point is the certificate under the hash of its signature (RFC 5929 section 4.1).
func TestServerEndPoint(t *testing.T) {
	for name, curve := range map[string]elliptic.Curve{"SHA-256": elliptic.P256(), "SHA-384": elliptic.P384(), "SHA-512": elliptic.P521()} {
		state, _ := handshake(t, tls.VersionTLS13, ecdsaKey(t, curve))
		raw := state.PeerCertificates[0].Raw
		s256, s384, s512 := sha256.Sum256(raw), sha512.Sum384(raw), sha512.Sum512(raw)
		want := map[string][]byte{"SHA-256": s256[:], "SHA-384": s384[:], "SHA-512": s512[:]}[name]
		if got, err := TLSServerEndPoint.data("scram", &state); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %x, %v; want %x", name, got, err, want)
		}
	}
	_, key, _ := ed25519.GenerateKey(rand.Reader)
	state, _ := handshake(t, tls.VersionTLS13, key)
	_, err := TLSServerEndPoint.data("scram", &state)
	checkRefused(t, err) // Ed25519 names no hash
	state.PeerCertificates = nil
	_, err = TLSServerEndPoint.data("scram", &state)
	checkRefused(t, err)
}

// A bound login from HELLO to AUTHENTICATE: what is signed is the challenge mixed with this very connection, and
// cryptosign and SCRAM share the key channel_binding (docs/requirements.md 3.1).
func TestBoundLogin(t *testing.T) {
	client, server := handshake(t, tls.VersionTLS12, ecdsaKey(t, elliptic.P256()))
	over := Channel{TLS: &client}
	key := NewSecret(keySeed)
	x, err := Begin(context.Background(), over, Policy{}, []Method{Cryptosign("ann", key, TLSUnique), SCRAM("ann", password, TLSUnique)})
	if err != nil {
		t.Fatal(err)
	}
	if o := x.Offer(); o.Extra["channel_binding"] != "tls-unique" || strings.Join(o.Methods, " ") != "cryptosign wamp-scram" {
		t.Errorf("offer %v", o)
	}
	challenge := strings.Repeat("ab", 32)
	r, err := x.Respond(context.Background(), Challenge{"cryptosign", map[string]any{"challenge": challenge, "channel_binding": "tls-unique"}})
	if err != nil {
		t.Fatal(err)
	}
	signed := []byte(unhex(r.Signature))
	id := sha256.Sum256(server.TLSUnique)
	want := bind([]byte(unhex(challenge)), id[:])
	if !bytes.Equal(signed[64:], want) || !ed25519.Verify([]byte(unhex(keyPublic)), want, signed[:64]) {
		t.Errorf("signed %s; want %s", hex.EncodeToString(signed[64:]), hex.EncodeToString(want))
	}

	for name, methods := range map[string][]Method{
		"one bound":      {Cryptosign("ann", key, TLSUnique), SCRAM("ann", password)},
		"the other":      {Cryptosign("ann", key), SCRAM("ann", password, TLSUnique)},
		"bound two ways": {Cryptosign("ann", key, TLSUnique), SCRAM("ann", password, TLSServerEndPoint)},
	} {
		_, err := Begin(context.Background(), over, Policy{}, methods)
		checkRefused(t, err)
		if err == nil || !strings.Contains(err.Error(), "authextra.channel_binding") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
