package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"gopkg.in/yaml.v3"
)

// Profile says how to reach a router and how to log in there. What is zero, the
// profile does not say.
type Profile struct {
	// URLs are the routers of one realm.
	URLs  []string
	Realm string
	// Serializer is the format of messages, such as "cbor".
	Serializer string
	// Login is how User logs in, as WAMP calls it, such as "wampcra". The secret
	// is in SecretFile or in the environment variable SecretEnv, and that of an
	// encrypted key in PassphraseFile or PassphraseEnv.
	Login, User                   string
	SecretFile, SecretEnv         string
	PassphraseFile, PassphraseEnv string
	// CA is the certificate authority of the router; Cert and Key are the
	// certificate of the client. All are files in PEM.
	CA, Cert, Key string
	// ConnectTimeout is how long opening a session may take.
	ConnectTimeout time.Duration
}

// Profiles are all profiles of a file.
type Profiles struct {
	// Default is the name of the profile that is used if none is named; "" if
	// there is none.
	Default string
	// Named are the profiles by name.
	Named map[string]*Profile
}

// The keys of the mappings. A secret has none of its own.
var (
	profilesKeys = []string{"version", "default", "profiles"}
	profileKeys  = []string{"url", "realm", "serializer", "login", "user", "secret_file", "secret_env", "passphrase_file", "passphrase_env",
		"tls_ca", "tls_cert", "tls_key", "connect_timeout"}
	secretKeys = []string{"secret", "password", "ticket", "key", "token", "passphrase"}
)

// ParseProfiles reads a file of profiles. The Profiles are nil if there is any
// finding; all of them are errors, and none of them quotes a value. File is the
// path as findings show it. The paths in Profiles begin where file does.
func ParseProfiles(file string, src []byte) (*Profiles, diag.List) {
	p := &profilesReader{reader: reader{src: diag.NewSource(file, src)}, all: &Profiles{Named: map[string]*Profile{}}}
	if root := p.load(); root != nil {
		p.root(root)
	}
	if p.found != nil {
		p.found.Sort()
		return nil, p.found
	}
	return p.all, nil
}

// profilesReader reads one file of profiles.
type profilesReader struct {
	reader
	all *Profiles
}

// root reads the whole file.
func (r *profilesReader) root(n *yaml.Node) {
	values := r.mapping(n, "a file of profiles", profilesKeys)
	if n.Kind != yaml.MappingNode {
		return
	}
	r.version(n, values["version"], "the file")
	profiles := values["profiles"]
	if profiles == nil {
		r.report(n, schema.RuleMissingKey, "the file has no key \"profiles\"").Hint = "write  profiles: {local: {url: ws://127.0.0.1:8080/ws, realm: realm1}}"
		return
	}
	r.mapping(profiles, "profiles", nil)
	if profiles.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(profiles.Content); i += 2 {
			name := profiles.Content[i].Value
			r.all.Named[name] = r.profile(profiles.Content[i+1], "profile "+diag.Quote(name))
		}
	}
	if v := values["default"]; v != nil {
		r.byDefault(v)
	}
}

// byDefault reads the name of a profile.
func (r *profilesReader) byDefault(n *yaml.Node) {
	name, ok := r.text(n, "default")
	if !ok || r.all.Named[name] != nil {
		r.all.Default = name
		return
	}
	d := r.report(n, schema.RuleBadValue, "there is no profile %s", diag.Quote(name))
	if with := diag.Closest(name, r.all.Names()); with != "" {
		d.Replace(name, with)
	}
}

// Names returns the names of the profiles, sorted.
func (p *Profiles) Names() []string {
	names := make([]string, 0, len(p.Named))
	for name := range p.Named {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// profile reads one profile.
func (r *profilesReader) profile(n *yaml.Node, what string) *Profile {
	if n.Kind == yaml.MappingNode {
		r.secrets(n)
	}
	values := r.mapping(n, what, slices.Concat(profileKeys, secretKeys))
	p := &Profile{}
	for key, target := range map[string]*string{
		"realm": &p.Realm, "serializer": &p.Serializer, "login": &p.Login, "user": &p.User, "secret_env": &p.SecretEnv, "passphrase_env": &p.PassphraseEnv,
	} {
		if v := values[key]; v != nil {
			*target, _ = r.text(v, key)
		}
	}
	for key, target := range map[string]*string{
		"secret_file": &p.SecretFile, "passphrase_file": &p.PassphraseFile, "tls_ca": &p.CA, "tls_cert": &p.Cert, "tls_key": &p.Key,
	} {
		if v := values[key]; v != nil {
			*target, _ = r.text(v, key)
			*target = r.beside(*target)
		}
	}
	if v := values["url"]; v != nil {
		p.URLs = r.urls(v)
	}
	if v := values["connect_timeout"]; v != nil {
		p.ConnectTimeout = r.duration(v, "connect_timeout")
	}
	return p
}

// secrets refuses secrets in the file.
func (r *profilesReader) secrets(n *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; slices.Contains(secretKeys, key.Value) {
			r.report(key, schema.RuleUnknownKey, "a secret must not be in a file of profiles").Hint =
				"put it into a file that only you can read and name that with  secret_file: PATH, or name an environment variable with  secret_env: NAME"
		}
	}
}

// urls reads one URL or several.
func (r *profilesReader) urls(n *yaml.Node) (list []string) {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for _, item := range items {
		if s, ok := r.text(item, "url"); ok {
			list = append(list, s)
		}
	}
	return list
}

// duration reads a duration above zero.
func (r *profilesReader) duration(n *yaml.Node, what string) time.Duration {
	d, err := time.ParseDuration(n.Value)
	if err != nil || d <= 0 {
		r.report(n, schema.RuleBadValue, "%s must be a duration above zero", what).Hint = fmt.Sprintf("write it as in  %s: 10s", what)
	}
	return d
}

// beside returns a path from the folder of the file. What begins with ~/ is in
// the home of the user, which the reader does not know.
func (r *profilesReader) beside(path string) string {
	if path == "" || filepath.IsAbs(path) || strings.HasPrefix(path, "~/") {
		return path
	}
	return filepath.Join(filepath.Dir(r.src.File), filepath.FromSlash(path))
}
