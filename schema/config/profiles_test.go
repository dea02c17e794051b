package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseProfiles(t *testing.T) {
	got, found := ParseProfiles("conf/profiles.yaml", []byte(`version: 1
default: local
profiles:
  local: {url: "ws://127.0.0.1:8080/ws", realm: realm1}
  far:
    url: [wss://a.example/ws, wss://b.example/ws]
    realm: shop
    serializer: cbor
    login: cryptosign
    user: ann
    secret_file: keys/ann.pem
    passphrase_env: ANN
    tls_ca: /etc/ca.pem
    tls_cert: ~/cert.pem
    connect_timeout: 3s
`))
	want := &Profiles{Default: "local", Named: map[string]*Profile{
		"local": {URLs: []string{"ws://127.0.0.1:8080/ws"}, Realm: "realm1"},
		"far": {URLs: []string{"wss://a.example/ws", "wss://b.example/ws"}, Realm: "shop", Serializer: "cbor", Login: "cryptosign", User: "ann",
			SecretFile: "conf/keys/ann.pem", PassphraseEnv: "ANN", CA: "/etc/ca.pem", Cert: "~/cert.pem", ConnectTimeout: 3 * time.Second},
	}}
	if !reflect.DeepEqual(got, want) || len(found) > 0 {
		t.Errorf("got %+v, %v", got, found)
	}
}

// Each mistake is a finding with its place, and none of them shows a value.
func TestParseProfiles_Findings(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"empty", "", "1:1: the file is empty"},
		{"no YAML", "version: [1", "1:1: the file is not YAML: did not find expected ',' or ']'"},
		{"no mapping", "- 1", "1:1: a file of profiles must be a mapping"},
		{"no version", "profiles: {}", `1:1: the file has no key "version"`},
		{"no profiles", "version: 1", `1:1: the file has no key "profiles"`},
		{"profiles", "version: 1\nprofiles: [a]", "2:11: profiles must be a mapping"},
		{"profile", "version: 1\nprofiles: {a: b}", `2:15: profile "a" must be a mapping`},
		{"key", "version: 1\nprofiles: {a: {relm: shop}}", `2:16: unknown key "relm"`},
		{"password", "version: 1\nprofiles: {a: {password: s3cret}}", "2:16: a secret must not be in a file of profiles"},
		{"key itself", "version: 1\nprofiles: {a: {key: s3cret}}", "2:16: a secret must not be in a file of profiles"},
		{"list", "version: 1\nprofiles: {a: {user: [s3cret]}}", "2:22: user must be a string that is not empty"},
		{"url", "version: 1\nprofiles: {a: {url: [{b: c}]}}", "2:22: url must be a string that is not empty"},
		{"timeout", "version: 1\nprofiles: {a: {connect_timeout: s3cret}}", "2:33: connect_timeout must be a duration above zero"},
		{"default", "version: 1\ndefault: locl\nprofiles: {local: {}}", `2:10: there is no profile "locl"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			profiles, found := ParseProfiles("profiles.yaml", []byte(c.src))
			var got []string
			for _, d := range found {
				got = append(got, strings.TrimPrefix(d.Error(), "profiles.yaml:"))
				if strings.Contains(d.Error()+d.Hint, "s3cret") {
					t.Errorf("the finding shows a value: %v %s", d.Error(), d.Hint)
				}
			}
			if profiles != nil || !slices.Equal(got, []string{c.want}) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Whatever the file holds, findings are inside of it and no panic comes out.
func FuzzParseProfiles(f *testing.F) {
	f.Add([]byte("version: 1\ndefault: a\nprofiles: {a: {url: [b], connect_timeout: 3s}}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		profiles, found := ParseProfiles("profiles.yaml", src)
		if (profiles == nil) != (len(found) > 0) {
			t.Errorf("Profiles %v with findings %v", profiles, found)
		}
		for _, d := range found {
			if d.Line < 1 || d.Col < 1 || d.EndCol < d.Col || strings.ContainsAny(d.Message, "\n\r") {
				t.Errorf("%+v", d)
			}
		}
	})
}
