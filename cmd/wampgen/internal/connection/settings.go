package connection

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wampgen/wampgen/schema/config"
)

// What is used if neither a flag nor a profile says anything: the router that
// wampgen router runs.
const (
	defaultURL     = "ws://127.0.0.1:8080/ws"
	defaultRealm   = "realm1"
	defaultTimeout = 10 * time.Second
)

// Settings say how to reach a router and how to log in there. [Flags] makes them.
type Settings struct {
	// given is what the flags say; profile is the name of the profile that says
	// the rest, and file the path of the profiles, "" for that of the user.
	given         config.Profile
	profile, file string
}

// Flags declares the flags for a connection. The Settings hold what they say once
// they are parsed.
func Flags(fs *flag.FlagSet) *Settings {
	s := &Settings{}
	p := &s.given
	fs.Func("url", "`URL` of the router: ws, wss, tcp (or rs), tcps (or rss) or unix; several are tried in turn (default "+defaultURL+")", func(url string) error {
		p.URLs = append(p.URLs, url)
		return nil
	})
	fs.StringVar(&p.Realm, "realm", "", "`name` of the realm (default "+defaultRealm+")")
	fs.StringVar(&p.Serializer, "serializer", "", "`format` of messages: cbor, msgpack or json (default: as the router likes)")
	fs.StringVar(&p.Login, "login", "", "log in by this `method`: "+strings.Join(Logins(), ", ")+" (default anonymous)")
	fs.StringVar(&p.User, "user", "", "log in as this `authid`")
	fs.StringVar(&p.SecretFile, "secret-file", "", "`file` with the password, ticket or private key; only you may read it")
	fs.StringVar(&p.SecretEnv, "secret-env", "", "environment `variable` with the password, ticket or private key")
	fs.StringVar(&p.PassphraseFile, "passphrase-file", "", "`file` with the passphrase of an encrypted private key")
	fs.StringVar(&p.PassphraseEnv, "passphrase-env", "", "environment `variable` with the passphrase of an encrypted private key")
	fs.StringVar(&p.CA, "tls-ca", "", "PEM `file` with the authorities that the router's certificate may be of (default: those of the system)")
	fs.StringVar(&p.Cert, "tls-cert", "", "PEM `file` with the certificate to show to the router")
	fs.StringVar(&p.Key, "tls-key", "", "PEM `file` with the key of --tls-cert; only you may read it")
	fs.DurationVar(&p.ConnectTimeout, "connect-timeout", 0, "`duration` that opening a session may take (default "+defaultTimeout.String()+")")
	fs.StringVar(&s.profile, "profile", "", "`name` of a profile with all of that; other flags take precedence (default: $"+profileVariable+", or default: of the profiles)")
	fs.StringVar(&s.file, "profiles", "", "`file` of profiles (default: wampgen/profiles.yaml in your configuration folder)")
	return s
}

// Secret returns the flag of a command line that would hold a secret, "" if there
// is none. There are no such flags: other users of the machine see them, and the
// shell keeps them.
func Secret(args []string) string {
	for _, arg := range args {
		if arg == "--" {
			return "" // behind it are arguments
		}
		name, _, _ := strings.Cut(arg, "=")
		if bare := strings.TrimLeft(name, "-"); bare != name && slices.Contains(secretFlags, bare) {
			return "--" + bare
		}
	}
	return ""
}

// secretFlags are what people try, or know from other tools.
var secretFlags = []string{"secret", "password", "pass", "ticket", "key", "private-key", "token", "passphrase"}

// RefuseSecret is the error of a flag that [Secret] returns.
func RefuseSecret(flag string) error {
	return &Error{Text: "there is no flag " + flag + ": a secret on the command line is seen by every process and kept by the shell",
		Hint: "write it into a file that only you can read and name it with --secret-file, or name an environment variable with --secret-env"}
}

// resolved returns what flags, profile and defaults say together.
func (s *Settings) resolved() (config.Profile, error) {
	base, err := s.fromProfile()
	if err != nil {
		return base, err
	}
	p := s.given
	if p.Login != "" || p.User != "" { // somebody else, with a secret of their own
		if p.Login != "" && p.Login != base.Login {
			base.User = ""
		}
		base.SecretFile, base.SecretEnv, base.PassphraseFile, base.PassphraseEnv = "", "", "", ""
	}
	if p.SecretFile != "" || p.SecretEnv != "" {
		base.SecretFile, base.SecretEnv = "", ""
	}
	if p.PassphraseFile != "" || p.PassphraseEnv != "" {
		base.PassphraseFile, base.PassphraseEnv = "", ""
	}
	if len(p.URLs) == 0 {
		p.URLs = base.URLs
	}
	for _, v := range []struct {
		to   *string
		from string
	}{
		{&p.Realm, base.Realm}, {&p.Serializer, base.Serializer}, {&p.Login, base.Login}, {&p.User, base.User},
		{&p.SecretFile, base.SecretFile}, {&p.SecretEnv, base.SecretEnv},
		{&p.PassphraseFile, base.PassphraseFile}, {&p.PassphraseEnv, base.PassphraseEnv},
		{&p.CA, base.CA}, {&p.Cert, base.Cert}, {&p.Key, base.Key},
	} {
		if *v.to == "" {
			*v.to = v.from
		}
	}
	if p.ConnectTimeout == 0 {
		p.ConnectTimeout = base.ConnectTimeout
	}
	return withDefaults(p), nil
}

// withDefaults fills what nobody has set.
func withDefaults(p config.Profile) config.Profile {
	if len(p.URLs) == 0 {
		p.URLs = []string{defaultURL}
	}
	if p.Realm == "" {
		p.Realm = defaultRealm
	}
	if p.ConnectTimeout == 0 {
		p.ConnectTimeout = defaultTimeout
	}
	return p
}

// Error is an error with what to do about it.
type Error struct {
	// Text says what is wrong, and Hint what to do; it may be "".
	Text, Hint string
	// Err is the cause, nil if there is none.
	Err error
}

// Error returns both, on two lines.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Text
	}
	return e.Text + "\n  " + e.Hint
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// wrong is an error without a cause.
func wrong(hint, format string, args ...any) error {
	return &Error{Text: fmt.Sprintf(format, args...), Hint: hint}
}
