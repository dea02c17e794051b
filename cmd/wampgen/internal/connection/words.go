package connection

import (
	"net"
	"net/url"
)

// Words returns the flags that were given, for another command line that is to have
// the same connection. What a URL may have of secrets is left out.
func (s *Settings) Words() (words []string) {
	for _, u := range s.given.URLs {
		words = append(words, "--url", shown(u))
	}
	p := &s.given
	for _, f := range [][2]string{
		{"--realm", p.Realm}, {"--serializer", p.Serializer}, {"--login", p.Login}, {"--user", p.User},
		{"--secret-file", p.SecretFile}, {"--secret-env", p.SecretEnv},
		{"--passphrase-file", p.PassphraseFile}, {"--passphrase-env", p.PassphraseEnv},
		{"--tls-ca", p.CA}, {"--tls-cert", p.Cert}, {"--tls-key", p.Key},
		{"--profile", s.profile}, {"--profiles", s.file},
	} {
		if f[1] != "" {
			words = append(words, f[0], f[1])
		}
	}
	if p.ConnectTimeout != 0 {
		words = append(words, "--connect-timeout", p.ConnectTimeout.String())
	}
	return words
}

// shown is a URL that others may see: a query or a password in it may be a secret.
func shown(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "(not shown)"
	}
	query := u.RawQuery != ""
	u.User, u.RawQuery, u.ForceQuery, u.Fragment = nil, "", false, ""
	text = u.String()
	if query {
		text += "?..."
	}
	return text
}

// Local reports whether all routers are on this machine.
func (s *Settings) Local() (bool, error) {
	p, err := s.resolved()
	if err != nil {
		return false, err
	}
	for _, text := range p.URLs {
		u, err := url.Parse(text)
		if err != nil {
			return false, nil //nolint:nilerr // opening it says what is wrong
		}
		if ip := net.ParseIP(u.Hostname()); u.Scheme != "unix" && u.Hostname() != "localhost" && !ip.IsLoopback() {
			return false, nil
		}
	}
	return true, nil
}
