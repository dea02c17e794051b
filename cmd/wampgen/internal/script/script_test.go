// Package script runs the command as its users do: every file of testdata is a
// story with one verb in it, as commands and what they print.
//
// It is a package of its own, which nobody imports, so that what it needs is
// not in the go.sum of users.
package script

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// checkout is the root of this repository.
const checkout = "../../../.."

// live are the scripts that need a router, at $URL: they run once on each.
var live = []string{"call", "conform", "listen", "mock", "verify"}

func TestScripts(t *testing.T) {
	all, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	run(t, slices.DeleteFunc(all, func(path string) bool {
		return slices.Contains(live, strings.TrimSuffix(filepath.Base(path), ".txtar"))
	}), nil)
}

// TestScripts_Routers runs on the router of wampgen router and on nexus, or on the
// one that WAMPGEN_ROUTER names: runtime/internal/crossbar runs it on Crossbar.io.
func TestScripts_Routers(t *testing.T) {
	for name, start := range routers() {
		for _, script := range live { // one after the other: they may share the router
			t.Run(name, func(t *testing.T) {
				run(t, []string{"testdata/" + script + ".txtar"}, func(env *testscript.Env) error {
					url, stop, err := start()
					env.Defer(stop)
					env.Setenv("URL", url)
					return err
				})
			})
		}
	}
}

// run runs scripts, each after setup.
func run(t *testing.T, paths []string, setup func(*testscript.Env) error) {
	t.Helper()
	root := absolute(t, checkout)
	caches := goEnv(t, "GOCACHE", "GOMODCACHE")
	testscript.Run(t, testscript.Params{
		Files: paths,
		Setup: func(env *testscript.Env) error {
			port, err := freePort(env)
			if err != nil {
				return err
			}
			env.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("BIN", bin)
			env.Setenv("PORT", port)
			env.Setenv("CHECKOUT", root)
			env.Setenv("GOCACHE", caches[0])
			env.Setenv("GOMODCACHE", caches[1])
			env.Setenv("WAMPGEN_CACHE", filepath.Join(env.WorkDir, ".tmp", "memory"))
			// All that is needed is here: the checkout, and what it depends on in
			// the cache.
			for _, setting := range []string{"GOPROXY=off", "GOSUMDB=off", "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local"} {
				name, value, _ := strings.Cut(setting, "=")
				env.Setenv(name, value)
			}
			env.Values[waitingKey{}] = make(chan struct{})
			env.Values[seenKey{}] = map[any]bool{}
			if setup != nil {
				return setup(env)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"connect": connect, "serve": serve, "subscribed": subscribed, "invoked": invoked, "logins": logins, "guarded": guarded, "says": says},
	})
}

// freePort returns a port on which nobody listens, and which no other script gets
// until this one ends: the UDP port of the same number holds it, as that of
// runtime/internal/ports does. It is one from below those that systems take for port 0
// and for outgoing connections, so that nobody has it either when the script comes to
// listen there.
func freePort(env *testscript.Env) (string, error) {
	for range 100 {
		port := strconv.Itoa(4000 + rand.IntN(6000))
		held, err := net.ListenPacket("udp", "127.0.0.1:"+port)
		if err != nil {
			continue
		}
		env.Defer(func() { _ = held.Close() })
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			_ = l.Close()
			return port, nil
		}
	}
	return "", errors.New("found no free port from 4000 to 9999")
}

// connect waits until somebody listens on an address.
func connect(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(time.Minute); ; {
		conn, err := net.Dial("tcp", args[0])
		if err == nil {
			ts.Check(conn.Close())
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%v", err)
		}
	}
}

// says waits until a file has a text: what a command in the background has
// printed there so far.
func says(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(time.Minute); ; {
		got, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && strings.Contains(string(got), args[1]) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%s: %q, %v", args[0], got, err)
		}
	}
}

// bin is the folder of the command, which is built once.
var bin string

func TestMain(m *testing.M) {
	var err error
	if bin, err = os.MkdirTemp("", "wampgen"); err == nil {
		cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", bin, "github.com/wampgen/wampgen/cmd/wampgen")
		cmd.Stderr = os.Stderr
		err = cmd.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(bin)
	os.Exit(code)
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// goEnv returns settings of the go command, which scripts have no home for.
func goEnv(t *testing.T, names ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
