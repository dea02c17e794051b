package interop

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
	"github.com/wampgen/wampgen/runtime/internal/ports"
	nexus "github.com/wampgen/wampgen/runtime/wamptest/router"
)

// Of an installation that is missing.
var errNoNode = errors.New("set WAMPGEN_NODE to the node_modules that .ci/interop makes")

// running is a router that runs.
type running struct {
	// urls are the addresses by transport; login, if not nil, are those for clients
	// that log in.
	urls, login map[string]string
	tls         *tls.Config // of a client, for wss and tcps
	stop        func() error
	// kill ends it as a crash does, and restart starts it again where it was.
	kill, restart func() error
}

func (r *running) url(transport, login string) string {
	if url := r.login[transport]; url != "" && login != "anonymous" {
		return url
	}
	return r.urls[transport]
}

// router is one that can be had.
type router struct {
	name   string
	offers func(transport, format, login string) bool
	start  func() (*running, error) // once
}

var routers = []router{
	{"nexus", nexusOffers, once(startNexus)},
	{"Crossbar.io", crossbarOffers, once(func() (*running, error) { return startCrossbar(node.OneRouter) })},
	{"Crossbar.io behind proxies", crossbarOffers, once(func() (*running, error) { return startCrossbar(node.Proxies) })},
	{"fox-wamp", foxOffers, once(startFox)},
}

func secure(transport string) bool { return transport == "wss" || transport == "tcps" }

// nexus has neither batches nor a login by certificate, and its process no TLS.
func nexusOffers(transport, _, login string) bool {
	return !secure(transport) && transport != batchedWS && login != "TLS certificate"
}

// Crossbar.io speaks the dialect of SCRAM alone.
func crossbarOffers(transport, _, login string) bool {
	return login != "SCRAM" && (secure(transport) || login != "TLS certificate")
}

func foxOffers(transport, format, login string) bool {
	return transport == "ws" && format == "json" && (login == "anonymous" || login == "ticket" || login == "CRA" || login == "salted CRA")
}

// started are the routers to stop.
var started struct {
	sync.Mutex
	all []*running
}

func once(start func() (*running, error)) func() (*running, error) {
	return sync.OnceValues(func() (*running, error) {
		r, err := start()
		if err == nil {
			started.Lock()
			started.all = append(started.all, r)
			started.Unlock()
		}
		return r, err
	})
}

func stopRouters() (err error) {
	for _, r := range started.all {
		err = errors.Join(err, r.stop())
	}
	return err
}

// startNexus starts it in a process of its own, as nexus v3.3.0 dies of some of
// what several subscribers do. It has the history of a topic, which it forgets for
// good when the last subscriber goes: one stays.
func startNexus() (*running, error) {
	dir, err := os.MkdirTemp("", "nexus") // short, for the Unix socket
	if err != nil {
		return nil, err
	}
	socket := filepath.Join(dir, "sock")
	p, err := nexus.StartProcess(nexus.Config{UnixPath: socket, Users: users(), History: []nexus.History{{Topic: "hist"}}})
	if err != nil {
		return nil, err
	}
	keeper := newNexusPeer()
	keep := func() error {
		ctx, cancel := context.WithTimeout(context.Background(), exerciseLimit)
		defer cancel()
		if err := keeper.join(ctx, place{url: p.RawSocketURL(), format: "cbor"}); err != nil {
			return err
		}
		return keeper.subscribe(ctx, "hist", nil)
	}
	return &running{
		urls:    map[string]string{"ws": p.WebSocketURL(), "tcp": p.RawSocketURL(), "unix": "unix://" + socket},
		stop:    func() error { p.Stop(); return os.RemoveAll(dir) },
		kill:    func() error { p.Kill(); return os.Remove(socket) },
		restart: func() error { return errors.Join(p.Start(), keep()) },
	}, keep()
}

func startCrossbar(l node.Layout) (*running, error) {
	n, err := node.Start(l)
	if err != nil {
		return nil, err
	}
	return &running{
		urls:  map[string]string{"ws": n.WebSocket, batchedWS: n.WebSocket, "tcp": n.RawSocket, "unix": n.Unix, "wss": n.WebSocketTLS, "tcps": n.RawTLS},
		tls:   n.TLS,
		login: map[string]string{"tcp": n.RawLogin},
		stop:  n.Stop,
		kill:  func() error { n.Kill(); return nil }, restart: n.Restart,
	}, nil
}

func startFox() (*running, error) {
	modules := os.Getenv("WAMPGEN_NODE")
	if modules == "" {
		return nil, errNoNode
	}
	ports, release, err := ports.Reserve(2)
	if err != nil {
		return nil, err
	}
	f := &fox{modules: modules, ports: ports}
	if err := f.start(); err != nil {
		release()
		return nil, err
	}
	url := func(port string) map[string]string {
		return map[string]string{"ws": "ws://127.0.0.1:" + port + "/ws"}
	}
	return &running{
		urls: url(ports[0]), login: url(ports[1]),
		stop: func() error { defer release(); return f.stop() },
		kill: func() error { return errors.Join(f.cmd.Process.Kill(), ignoreExit(f.cmd.Wait())) }, restart: f.start,
	}, nil
}

// fox is the process of fox-wamp: two ports, one for anonymous clients and one for
// logins.
type fox struct {
	modules string
	ports   []string
	cmd     *exec.Cmd
	in      io.Closer
}

func (f *fox) start() error {
	f.cmd = exec.Command("node", "peers/fox.js", f.ports[0], f.ports[1])
	f.cmd.Env = append(os.Environ(), "NODE_PATH="+f.modules)
	in, err := f.cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := f.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := f.cmd.Start(); err != nil {
		return err
	}
	f.in = in
	r := bufio.NewReader(out)
	if _, err := r.ReadString('\n'); err != nil {
		return fmt.Errorf("fox-wamp does not start: %w", errors.Join(err, f.cmd.Wait()))
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	return nil
}

func (f *fox) stop() error { return errors.Join(f.in.Close(), f.cmd.Wait()) }

// ignoreExit returns the errors of waiting but the one of a process that was killed.
func ignoreExit(err error) error {
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return nil
	}
	return err
}
