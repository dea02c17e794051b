package auth

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
)

// canarySecrets are secrets that the tests of the project log in with, in this
// package, in runtime/auth and in runtime/internal/crossbar.
func canarySecrets() []string {
	return append([]string{
		secretCanary,
		"canary/Sécret+7f3", // runtime/auth
		"2000bce71d8a3be8728024f5e66cf0423a8a2657535ecdf3590cb18ea11144a0",
		strings.Repeat("07", 32), strings.Repeat("08", 32), // runtime/internal/crossbar
	}, canaries...)
}

// canaryForms are the disguises in which a secret may turn up. Base64 depends on
// where in a text the secret stands: what is the same for all that may surround it
// is sought. A secret in hexadecimal digits may also turn up as its octets.
func canaryForms(secret string) []string {
	raws := []string{secret}
	if octets, err := hex.DecodeString(secret); err == nil {
		raws = append(raws, string(octets))
	}
	var forms []string
	for _, raw := range raws {
		forms = append(forms, raw, url.QueryEscape(raw), url.PathEscape(raw), strings.Trim(strconv.Quote(raw), `"`),
			strings.Trim(strconv.QuoteToASCII(raw), `"`), hex.EncodeToString([]byte(raw)), strings.ToUpper(hex.EncodeToString([]byte(raw))))
		for skip := range 3 {
			whole := []byte(raw)[skip:]
			whole = whole[:len(whole)/3*3]
			forms = append(forms, base64.StdEncoding.EncodeToString(whole), base64.URLEncoding.EncodeToString(whole))
		}
	}
	return forms
}

// canaryFound tells which secret is in text, and where.
func canaryFound(text string) (secret string, at int) {
	for _, secret := range canarySecrets() {
		for _, form := range canaryForms(secret) {
			if i := strings.Index(text, form); i >= 0 {
				return secret, i
			}
		}
	}
	return "", -1
}

// S7: no secret in anything that the tests print. .ci/canary runs them with the
// log at level debug and names the file.
func TestCanary_Output(t *testing.T) {
	name := os.Getenv("WAMPGEN_CANARY")
	if name == "" {
		t.Skip(".ci/canary names the output to look at")
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "level="); n < 100 {
		t.Errorf("%d log lines in the output; want the tests run with -v", n)
	}
	if secret, at := canaryFound(string(text)); at >= 0 {
		t.Errorf("the secret %.10s… in %q", secret, text[max(0, at-200):min(len(text), at+100)])
	}
	t.Logf("%d bytes searched for %d secrets", len(text), len(canarySecrets()))
}

// The search finds what it is to find.
func TestCanary_Finds(t *testing.T) {
	for _, secret := range canarySecrets() {
		for _, before := range []string{"", "a", "ab", "abc"} {
			text := before + secret + "tail"
			for _, in := range []string{
				text, hex.EncodeToString([]byte(text)), url.QueryEscape(text), url.PathEscape(text), strconv.Quote(text),
				base64.StdEncoding.EncodeToString([]byte(text)), base64.RawURLEncoding.EncodeToString([]byte(text)),
			} {
				if found, _ := canaryFound(in); found != secret {
					t.Errorf("%.10s… is not found in %q", secret, in)
				}
			}
		}
	}
	if secret, at := canaryFound("nothing to see"); at >= 0 {
		t.Errorf("found %q", secret)
	}
}
