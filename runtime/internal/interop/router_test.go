package interop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
	nexus "github.com/wampgen/wampgen/runtime/wamptest/router"
)

// Of an installation that is missing.
var errNoNode = errors.New("set WAMPGEN_NODE to the node_modules that .ci/interop makes")

// running is a router that runs.
type running struct {
	// urls are the addresses by transport; login, if not nil, are those for clients
	// that log in.
	urls, login map[string]string
	stop        func() error
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
	{"nexus", anything, once(startNexus)},
	{"Crossbar.io", crossbarOffers, once(func() (*running, error) { return startCrossbar(node.OneRouter) })},
	{"Crossbar.io behind proxies", crossbarOffers, once(func() (*running, error) { return startCrossbar(node.Proxies) })},
	{"fox-wamp", foxOffers, once(startFox)},
}

func anything(_, _, _ string) bool { return true }

// Crossbar.io speaks the dialect of SCRAM alone.
func crossbarOffers(_, _, login string) bool { return login != "SCRAM" }

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
// what several subscribers do.
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
	// nexus forgets a history for good when its last subscriber goes.
	keeper := newNexusPeer()
	ctx, cancel := context.WithTimeout(context.Background(), exerciseLimit)
	defer cancel()
	if err := keeper.join(ctx, p.RawSocketURL(), "cbor"); err != nil {
		return nil, err
	}
	return &running{
		urls: map[string]string{"ws": p.WebSocketURL(), "tcp": p.RawSocketURL(), "unix": "unix://" + socket},
		stop: func() error { p.Stop(); return errors.Join(keeper.leave(ctx), os.RemoveAll(dir)) },
	}, keeper.subscribe(ctx, "hist", nil)
}

func startCrossbar(l node.Layout) (*running, error) {
	n, err := node.Start(l)
	if err != nil {
		return nil, err
	}
	return &running{
		urls:  map[string]string{"ws": n.WebSocket, "tcp": n.RawSocket, "unix": n.Unix},
		login: map[string]string{"tcp": n.RawLogin},
		stop:  n.Stop,
	}, nil
}

func startFox() (*running, error) {
	modules := os.Getenv("WAMPGEN_NODE")
	if modules == "" {
		return nil, errNoNode
	}
	cmd := exec.Command("node", "peers/fox.js")
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r := bufio.NewReader(out)
	var open, login int
	if _, err := fmt.Fscan(r, &open, &login); err != nil {
		return nil, fmt.Errorf("fox-wamp does not start: %w", errors.Join(err, cmd.Wait()))
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	url := func(port int) map[string]string {
		return map[string]string{"ws": fmt.Sprintf("ws://127.0.0.1:%d/ws", port)}
	}
	return &running{
		urls: url(open), login: url(login),
		stop: func() error { return errors.Join(in.Close(), cmd.Wait()) },
	}, nil
}
