package connection

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// hidden is a secret that no error may show.
const hidden = "s3cr3t-of-ann"

// settings are those of a command line.
func settings(t *testing.T, args ...string) *Settings {
	t.Helper()
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	s := Flags(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return s
}

// alone gives the test a home without profiles, and files with a mode.
func alone(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv(profileVariable, "")
	for name, text := range files {
		save(t, name, text, 0o600)
	}
}

func save(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

// listen runs a router whose user ann logs in by the hidden ticket.
func listen(t *testing.T) string {
	t.Helper()
	realm := wamptest.NewRealm(t, wamptest.WithTicketUser("ann", "user", hidden))
	server, err := realm.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server.URL()
}

var silent = slog.New(slog.DiscardHandler)

// who returns as whom a command line logs in.
func who(t *testing.T, args ...string) string {
	t.Helper()
	client, err := settings(t, args...).Open(t.Context(), silent)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close(t.Context())
	return client.AuthMethod() + " " + client.AuthRole()
}

func TestOpen(t *testing.T) {
	url := listen(t)
	alone(t, map[string]string{"ticket": hidden + "\n", "conf/profiles.yaml": fmt.Sprintf(
		"version: 1\ndefault: ann\nprofiles:\n  ann: {url: '%s', realm: realm1, login: ticket, user: ann, secret_file: ../ticket}\n", url)})
	t.Setenv("TICKET", hidden)
	for _, c := range []struct{ args, want string }{
		{"--url " + url, "anonymous anonymous"},
		{"--url " + url + " --login ticket --user ann --secret-file ticket", "ticket user"},
		{"--url " + url + " --login ticket --user ann --secret-env TICKET --serializer json", "ticket user"},
		{"--url ws://127.0.0.1:1/ws --url " + url, "anonymous anonymous"},
		{"--profiles conf/profiles.yaml", "ticket user"},
		{"--profiles conf/profiles.yaml --profile ann --login anonymous", "anonymous anonymous"},
		{"--profiles conf/profiles.yaml --url " + url, "anonymous anonymous"},
	} {
		if got := who(t, strings.Fields(c.args)...); got != c.want {
			t.Errorf("%s: got %s, want %s", c.args, got, c.want)
		}
	}
	save(t, filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "wampgen", "profiles.yaml"),
		"version: 1\nprofiles: {mine: {url: '"+url+"', login: ticket, user: ann, secret_env: TICKET}}", 0o644)
	t.Setenv(profileVariable, "mine")
	if got := who(t); got != "ticket user" {
		t.Errorf("by the environment: got %s", got)
	}
}

// What is wrong is said with what to do, and nothing shows the secret.
func TestOpen_Errors(t *testing.T) {
	url := listen(t)
	alone(t, map[string]string{
		"ticket": hidden, "empty": "", "binary": "\xff" + hidden, "large": hidden + strings.Repeat("x", mostSecret), "wrong": hidden + "?",
		"inside.yaml":  "version: 1\nprofiles: {ann: {password: " + hidden + "}}",
		"broken.yaml":  "version: 1\nprofiles: {ann: {user: " + hidden,
		"unnamed.yaml": "version: 1\nprofiles: {ann: {}, bob: {}}",
	})
	save(t, "shared", hidden, 0o640)
	save(t, "writable.yaml", "version: 1\nprofiles: {}", 0o666)
	t.Setenv("EMPTY", "")
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	ann := "--url " + url + " --login ticket --user ann "
	for _, c := range []struct{ args, want string }{
		{"--url ws://127.0.0.1:1/ws", "connection refused\n  no router listens there: name another one with --url, or start one with  wampgen router"},
		{"--url " + url + " --realm shop", "wamp.error.no_such_realm"},
		{"--url " + url + " --realm shop", "choose another one with --realm"},
		{"--url " + url + " --realm a..b", "a realm is a URI"},
		{"--url http://localhost", "scheme of the router URL must be ws"},
		{"--url ws://ann:" + hidden + "@localhost/ws", "must not contain a user name or password"},
		{"--url " + strings.Replace(url, "ws:", "wss:", 1), "there is no TLS on that port: use a ws or tcp URL"},
		{"--url " + strings.Replace(web.URL, "http:", "ws:", 1), "there is a web server, but no router at that path"},
		{"--url " + url + " --serializer yaml", `unknown serializer "yaml"`},
		{"--url " + url + " --login kerberos", "the methods are anonymous, ticket, wampcra, scram, cryptosign, tls"},
		{"--url " + url + " --user ann", "add --login ticket, --login wampcra"},
		{"--url " + url + " --login ticket --secret-file ticket", "name it with --user"},
		{ann, "login ticket needs the ticket\n  name a file with --secret-file"},
		{ann + "--secret-file wrong", "wamp.error.authentication_failed"},
		{ann + "--secret-file wrong", "login ticket as ann is refused: check the user, the secret and the realm"},
		{ann + "--secret-file none", "there is no file none, which is to hold the ticket\n  write the ticket into it and run: chmod 600 none"},
		{ann + "--secret-file empty", "empty, which is to hold the ticket, is empty"},
		{ann + "--secret-file binary", "is not UTF-8"},
		{ann + "--secret-file large", "more than 64 KiB"},
		{ann + "--secret-file .", "is a folder"},
		{ann + "--secret-file shared", "others may read shared, which holds the ticket (mode 0640)\n  run: chmod 600 shared"},
		{ann + "--secret-env EMPTY", "the environment variable EMPTY, which is to hold the ticket, is empty"},
		{ann + "--secret-env NONE", "the environment variable NONE, which is to hold the ticket, is not set"},
		{ann + "--secret-env " + hidden, "not shown, since it is not in capitals"},
		{ann + "--secret-env NONE --secret-file ticket", "is both in"},
		{"--login cryptosign --user ann --secret-file ticket", "the key must be an Ed25519 key"},
		{"--login tls", "login tls needs a certificate"},
		{"--login tls --tls-cert ticket", "--tls-cert and --tls-key belong together"},
		{"--login tls --tls-cert ticket --tls-key ticket", "must be PEM files that belong together"},
		{"--tls-ca ticket", "there is no certificate in PEM"},
		{"--tls-ca none", "--tls-ca: open none"},
		{"--login anonymous --secret-file ticket", "needs no secret"},
		{"--url ws://router.example/ws --login ticket --user ann --secret-file ticket", "use a wss or tcps URL"},
		{"--profile ann", `--profile is "ann", and there is no file `},
		{"--profiles none.yaml", "--profiles: stat none.yaml"},
		{"--profiles writable.yaml", "run: chmod go-w writable.yaml"},
		{"--profiles inside.yaml", "inside.yaml:2:18: a secret must not be in a file of profiles\n  put it into a file"},
		{"--profiles broken.yaml", "broken.yaml:2:1: the file is not YAML"},
		{"--profiles unnamed.yaml --profile eve", `there is no profile "eve" in unnamed.yaml` + "\n  it has ann, bob"},
	} {
		client, err := settings(t, strings.Fields(c.args)...).Open(t.Context(), silent)
		if err == nil {
			client.Close(t.Context())
			t.Errorf("%s: no error", c.args)
			continue
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %q, want %q", c.args, err, c.want)
		}
		if strings.Contains(err.Error(), hidden) {
			t.Errorf("%s: the error shows the secret: %v", c.args, err)
		}
	}
}

// A secret on the command line is found before flags are read, wherever it is.
func TestSecret(t *testing.T) {
	for args, want := range map[string]string{
		"call a --password=x": "--password", "--ticket x call": "--ticket", "-key x": "--key", "call a key=x": "", "--secret-file x": "", "--user ann": "",
	} {
		if got := Secret(strings.Fields(args)); got != want {
			t.Errorf("%s: got %q, want %q", args, got, want)
		}
	}
}

// Keep opens a session again after it was lost for longer, and uses it again.
func TestKeep(t *testing.T) {
	alone(t, nil)
	realm := wamptest.NewRealm(t)
	server, err := realm.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	uses := make(chan *wamp.Client, 2)
	var said []string
	done := make(chan error)
	go func() {
		done <- settings(t, "--url", server.URL()).Keep(ctx, silent, func(text string) {
			if said = append(said, text); text == "connected again" {
				cancel()
			}
		}, func(_ context.Context, client *wamp.Client) error {
			uses <- client
			return nil
		})
	}()
	first := <-uses
	realm.Kill()
	<-first.Done()
	realm.Start()
	if err := <-done; err != nil || len(uses) != 1 {
		t.Errorf("%v: used %d times after the first", err, len(uses))
	}
	if len(said) != 2 || !strings.HasPrefix(said[0], "the session is lost, connecting again: ") {
		t.Errorf("said %q", said)
	}
}

// The cause stays in the error.
func TestError_Cause(t *testing.T) {
	alone(t, map[string]string{"ticket": hidden})
	_, err := settings(t, strings.Fields("--url ws://router.example/ws --login ticket --user ann --secret-file ticket")...).Open(t.Context(), silent)
	if _, ok := errors.AsType[*auth.Error](err); !ok {
		t.Errorf("want an *auth.Error, got %v", err)
	}
}

// The flags that were given make the same connection on another command line.
func TestWords(t *testing.T) {
	alone(t, nil)
	given := strings.Fields("--url ws://a/ws --url ws://b/ws --realm shop --login ticket --user ann --secret-file ticket --connect-timeout 5s")
	if got := settings(t, given...).Words(); !slices.Equal(got, given) {
		t.Errorf("got %q", got)
	}
	if got := settings(t).Words(); len(got) > 0 {
		t.Errorf("without flags: %q", got)
	}
}

// Only routers of this machine are local, all of them.
func TestLocal(t *testing.T) {
	alone(t, map[string]string{"p.yaml": "version: 1\nprofiles: {far: {url: 'wss://router.example/ws'}}"})
	for args, want := range map[string]bool{
		"": true, "--url tcp://localhost:9000": true, "--url ws://[::1]:80/ws": true, "--url unix:///run/router": true,
		"--url ws://127.0.0.1/ws --url ws://router.example/ws": false, "--url ws://10.0.0.1/ws": false, "--url ws://localhost.example/ws": false,
		"--profiles p.yaml --profile far": false, "--url ://": false,
	} {
		if got, err := settings(t, strings.Fields(args)...).Local(); got != want || err != nil {
			t.Errorf("%s: got %t, %v", args, got, err)
		}
	}
}

// What a URL may have of secrets is in no text for others.
func TestURL_Secrets(t *testing.T) {
	alone(t, nil)
	for url, want := range map[string]string{
		"ws://a/ws?token=" + hidden:     "ws://a/ws?...",
		"wss://ann:" + hidden + "@a/ws": "wss://a/ws",
		"ws://a/ws#" + hidden:           "ws://a/ws",
		"ws://a%zz/" + hidden:           "(not shown)",
		"unix:///run/router":            "unix:///run/router",
	} {
		s := settings(t, "--url", url)
		if got := s.String(); got != "realm realm1 at "+want {
			t.Errorf("%s: %s", url, got)
		}
		if got := s.Words(); !slices.Equal(got, []string{"--url", want}) {
			t.Errorf("%s: %q", url, got)
		}
	}
}

// Whoever interrupts the way to a router that does not answer need not hear what is
// wrong with it.
func TestOpen_Interrupted(t *testing.T) {
	alone(t, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if conn, err := l.Accept(); err == nil {
			defer conn.Close()
			cancel()
			<-t.Context().Done()
		}
	}()
	_, err = settings(t, "--url", "ws://"+l.Addr().String()+"/ws").Open(ctx, silent)
	if err != errInterrupted {
		t.Errorf("got %v", err)
	}
}
