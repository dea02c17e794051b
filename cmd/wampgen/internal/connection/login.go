package connection

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/schema/config"
	"github.com/wampgen/wampgen/schema/diag"
)

// login is one way to log in.
type login struct {
	name string
	// secret is what it proves, "" for nothing; user reports whether it needs the
	// name of one.
	secret string
	user   bool
	method func(user string, secret auth.Secret) auth.Method
}

// logins are all ways, by the names that WAMP has for them.
var logins = []login{
	{"anonymous", "", false, func(string, auth.Secret) auth.Method { return auth.Anonymous() }},
	{"ticket", "the ticket", true, func(user string, s auth.Secret) auth.Method { return auth.Ticket(user, s) }},
	{"wampcra", "the password", true, func(user string, s auth.Secret) auth.Method { return auth.CRA(user, s) }},
	{"scram", "the password", true, func(user string, s auth.Secret) auth.Method { return auth.SCRAM(user, s) }},
	{"cryptosign", "the private key", false, func(user string, s auth.Secret) auth.Method { return auth.Cryptosign(user, s) }},
	{"tls", "", false, func(string, auth.Secret) auth.Method { return auth.TLSCertificate() }},
}

// Logins returns the names of the ways to log in.
func Logins() (names []string) {
	for _, l := range logins {
		names = append(names, l.name)
	}
	return names
}

// methods returns how p logs in, nil for anonymously.
func methods(p *config.Profile) ([]auth.Method, error) {
	secret := source{"the secret", p.SecretFile, p.SecretEnv, "--secret"}
	if p.Login == "" {
		if p.User != "" || secret.given() {
			return nil, wrong("add --login "+strings.Join(Logins()[1:], ", --login "), "a user or a secret does not say how to log in")
		}
		return nil, nil
	}
	i := slices.IndexFunc(logins, func(l login) bool { return l.name == p.Login })
	if i < 0 {
		return nil, wrong("the methods are "+strings.Join(Logins(), ", "), "unknown login method %s", diag.Quote(p.Login))
	}
	l := logins[i]
	secret.what = l.secret
	switch {
	case l.user && p.User == "":
		return nil, wrong("name it with --user", "login %s needs the name of a user", l.name)
	case l.secret != "" && !secret.given():
		return nil, wrong("name a file with --secret-file, or an environment variable with --secret-env", "login %s needs %s", l.name, l.secret)
	case l.secret == "" && secret.given():
		return nil, wrong("leave it out, or choose another --login", "login %s needs no secret", l.name)
	case l.name == "tls" && p.Cert == "":
		return nil, wrong("name its files with --tls-cert and --tls-key", "login tls needs a certificate")
	}
	proof, err := l.proof(p, secret)
	if err != nil {
		return nil, err
	}
	return []auth.Method{l.method(p.User, proof)}, nil
}

// proof returns the secret of a login. It reads it once: the file may be a pipe.
func (l *login) proof(p *config.Profile, from source) (auth.Secret, error) {
	if l.secret == "" {
		return auth.Secret{}, nil
	}
	text, err := from.text()
	if err != nil || l.name != "cryptosign" {
		return auth.NewSecret(text), err
	}
	var passphrase auth.Secret
	if from := (source{"the passphrase", p.PassphraseFile, p.PassphraseEnv, "--passphrase"}); from.given() {
		open, err := from.text()
		if err != nil {
			return passphrase, err
		}
		passphrase = auth.NewSecret(open)
	}
	key, err := auth.ParseKey([]byte(text), passphrase)
	if err != nil {
		return key, explained(err, "the key must be an Ed25519 key: hexadecimal, OpenSSH, PuTTY or PEM; "+
			"the passphrase of an encrypted one is named with --passphrase-file or --passphrase-env")
	}
	return key, nil
}

// tlsConfig returns the TLS configuration, nil for that of the system.
func tlsConfig(p *config.Profile) (*tls.Config, error) {
	if p.CA == "" && p.Cert == "" && p.Key == "" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if p.CA != "" {
		pem, err := os.ReadFile(home(p.CA))
		if err != nil {
			return nil, fmt.Errorf("--tls-ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, wrong("it begins with -----BEGIN CERTIFICATE-----", "--tls-ca: there is no certificate in PEM in %s", p.CA)
		}
	}
	switch {
	case p.Cert == "" && p.Key == "":
		return c, nil
	case p.Cert == "" || p.Key == "":
		return nil, wrong("name both, they may be the same file", "--tls-cert and --tls-key belong together")
	}
	key, err := source{"the key of the certificate", p.Key, "", "--tls-key"}.text()
	if err != nil {
		return nil, err
	}
	cert, err := os.ReadFile(home(p.Cert))
	if err != nil {
		return nil, fmt.Errorf("--tls-cert: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, []byte(key))
	if err != nil {
		return nil, explained(err, "--tls-cert and --tls-key must be PEM files that belong together")
	}
	c.Certificates = []tls.Certificate{pair}
	return c, nil
}
