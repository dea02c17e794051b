//go:build unix

// Package crossbar proves the client against a real Crossbar.io, the one router
// that checks what cryptosign signed, speaks SCRAM, retains events and revokes.
// .ci/crossbar makes the virtual environment that WAMPGEN_CROSSBAR names; without
// it the tests are skipped and say so.
package crossbar

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	environment = "WAMPGEN_CROSSBAR" // the virtual environment
	makeConfig  = "mkconfig.py"
	startLimit  = 2 * time.Minute // 3.5 s when nothing else runs
	stopLimit   = 10 * time.Second
)

// node is a Crossbar.io node: a controller and its worker, in one process group.
type node struct {
	cmd    *exec.Cmd
	exited chan struct{}
	dir    string

	ws       string // every method
	raw      string // anonymous
	rawLogin string // every method
	unix     string // anonymous
}

// router returns the one node of this package, starting it first, or skips the
// test.
func router(t *testing.T) *node {
	t.Helper()
	if os.Getenv(environment) == "" {
		t.Skip("set " + environment + " to a virtual environment with Crossbar.io (.ci/crossbar makes one)")
	}
	n, err := started()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var started = sync.OnceValues(func() (*node, error) {
	n, err := newNode()
	if err != nil {
		return nil, err
	}
	running = n
	return n, n.start()
})

// running is the node to stop, set by started.
var running *node

func TestMain(m *testing.M) {
	code := m.Run()
	if running != nil {
		if err := running.stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// newNode writes the configuration of a node on free ports.
func newNode() (*node, error) {
	dir, err := os.MkdirTemp("", "crossbar") // short, for the Unix socket
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(3)
	if err != nil {
		return nil, err
	}
	socket := filepath.Join(dir, "sock")
	python := filepath.Join(os.Getenv(environment), "bin", "python")
	out, err := exec.Command(python, makeConfig, dir, ports[0], ports[1], ports[2], socket).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("mkconfig.py: %w\n%s", err, out)
	}
	return &node{
		dir: dir, exited: make(chan struct{}),
		ws: "ws://127.0.0.1:" + ports[0] + "/ws", raw: "tcp://127.0.0.1:" + ports[1],
		rawLogin: "tcp://127.0.0.1:" + ports[2], unix: "unix://" + socket,
	}, nil
}

// freePorts returns loopback ports that nobody listens on.
func freePorts(n int) ([]string, error) {
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // all at the end, so that each is another one
		ports = append(ports, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	return ports, nil
}

// command starts the router, and beside it what ends the whole group when this
// process does, however it ends: then there is an end of the standard input.
const command = `exec 3<&0; (read _ <&3; kill -TERM 0) & exec "$0" start --cbdir "$1" </dev/null 3<&-`

// start starts the node and waits until every port answers.
func (n *node) start() error {
	log, err := os.Create(n.logFile())
	if err != nil {
		return err
	}
	defer log.Close()
	n.cmd = exec.Command("sh", "-c", command, filepath.Join(os.Getenv(environment), "bin", "crossbar"), filepath.Join(n.dir, ".crossbar"))
	n.cmd.Stdout, n.cmd.Stderr = log, log
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it starts workers, to be stopped with it
	if _, err := n.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := n.cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = n.cmd.Wait()
		close(n.exited)
	}()
	late := time.After(startLimit)
	for _, url := range []string{n.ws, n.raw, n.rawLogin, n.unix} {
		if err := n.await(url, late); err != nil {
			text, _ := os.ReadFile(n.logFile())
			return fmt.Errorf("%w\n%s", err, text[max(0, len(text)-4096):])
		}
	}
	return nil
}

func (n *node) logFile() string { return filepath.Join(n.dir, "log") }

// await waits until somebody listens at url.
func (n *node) await(url string, late <-chan time.Time) error {
	network, addr := address(url)
	for {
		conn, err := net.Dial(network, addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-n.exited:
			return errors.New("crossbar ended by itself")
		case <-late:
			return fmt.Errorf("crossbar does not listen after %v: %w", startLimit, err)
		}
	}
}

// stop ends the controller and its workers, and removes what they wrote.
func (n *node) stop() error {
	if n.cmd != nil && n.cmd.Process != nil {
		group := -n.cmd.Process.Pid
		_ = syscall.Kill(group, syscall.SIGTERM)
		select {
		case <-n.exited:
		case <-time.After(stopLimit):
		}
		_ = syscall.Kill(group, syscall.SIGKILL) // whatever is left; ESRCH if nothing
		<-n.exited
	}
	return os.RemoveAll(n.dir)
}
