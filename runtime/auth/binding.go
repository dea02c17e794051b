package auth

import (
	"crypto"
	_ "crypto/sha256" // registers the hashes of certificates
	_ "crypto/sha512"
	"crypto/tls"
	"crypto/x509"
)

// Binding is a kind of channel binding. It ties the login to the TLS
// connection, so that a router in the middle cannot pass it on. It is an option
// of [Cryptosign] and [SCRAM], which then refuse a connection without TLS and a
// router that does not confirm the binding. If a client offers both methods,
// both must have the same binding, since HELLO has room for one.
type Binding string

// The kinds of channel binding.
const (
	// TLSUnique is the first Finished message of the handshake (RFC 5929). It is
	// for [Cryptosign] and [SCRAM]. TLS 1.3 does not have it, so the router must
	// support TLS 1.2, and MaxVersion of the [tls.Config] must be TLS 1.2.
	// Crossbar.io supports no other binding, and Crossbar.io 26 supports only TLS
	// 1.3: with that router no binding is possible, and only its certificate
	// protects against a router in the middle.
	TLSUnique Binding = "tls-unique"
	// TLSExporter is keying material exported from the connection (RFC 9266). It
	// is for [Cryptosign] only and needs TLS 1.3, or TLS 1.2 with the extended
	// master secret.
	TLSExporter Binding = "tls-exporter"
	// TLSServerEndPoint is the hash of the router's certificate (RFC 5929). It is
	// for [SCRAM] only.
	TLSServerEndPoint Binding = "tls-server-end-point"
)

func (b Binding) applySCRAM(m *scramMethod)           { m.binding = b }
func (b Binding) applyCryptosign(m *cryptosignMethod) { m.binding = b }

// value is what goes into HELLO.Details.authextra.channel_binding: the name, or
// nil for no binding.
func (b Binding) value() any {
	if b == "" {
		return nil
	}
	return string(b)
}

// data returns the octets that bind to the connection; none without a binding.
func (b Binding) data(method string, state *tls.ConnectionState) ([]byte, error) {
	if b == "" {
		return nil, nil
	}
	if state == nil || !state.HandshakeComplete { // R293
		return nil, unusable(method, "the channel binding %s needs a TLS connection, not plain text", quote(string(b)))
	}
	switch b {
	case TLSUnique:
		if len(state.TLSUnique) == 0 { // R294
			return nil, unusable(method, "want a connection with the channel binding tls-unique, got %s, which has "+
				"none: %s", tls.VersionName(state.Version), instead(method))
		}
		return state.TLSUnique, nil
	case TLSExporter:
		data, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32) // R295
		if err != nil {
			return nil, unusable(method, "want a connection with the channel binding tls-exporter, got %s without",
				tls.VersionName(state.Version))
		}
		return data, nil
	case TLSServerEndPoint:
		return endPoint(method, state)
	}
	return nil, unusable(method, "channel binding must be a known one, not %s", quote(string(b)))
}

// instead says what binds a method to a connection without tls-unique, where
// the router takes it.
func instead(method string) string {
	other := TLSExporter
	if method != nameCryptosign {
		other = TLSServerEndPoint
	}
	return "use " + string(other) + " if the router knows it, or log in without a binding; " +
		"capping at TLS 1.2 helps only if the router still speaks it"
}

// endPoint hashes the router's certificate with the hash of its own signature,
// or SHA-256 where that is weaker (RFC 5929 section 4.1).
func endPoint(method string, state *tls.ConnectionState) ([]byte, error) {
	if len(state.PeerCertificates) == 0 {
		return nil, unusable(method, "want a certificate of the router for tls-server-end-point, got none")
	}
	leaf := state.PeerCertificates[0]
	var hash crypto.Hash
	switch leaf.SignatureAlgorithm {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1,
		x509.SHA256WithRSA, x509.SHA256WithRSAPSS, x509.DSAWithSHA256, x509.ECDSAWithSHA256:
		hash = crypto.SHA256
	case x509.SHA384WithRSA, x509.SHA384WithRSAPSS, x509.ECDSAWithSHA384:
		hash = crypto.SHA384
	case x509.SHA512WithRSA, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA512:
		hash = crypto.SHA512
	default:
		return nil, unusable(method, "want a certificate whose signature has a hash for tls-server-end-point, got %s",
			leaf.SignatureAlgorithm)
	}
	h := hash.New()
	h.Write(leaf.Raw)
	return h.Sum(nil), nil
}
