//go:build unix

// Package node runs a Crossbar.io node for tests. .ci/crossbar makes the virtual
// environment that WAMPGEN_CROSSBAR names; without it the tests are skipped and
// say so.
package node

import (
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/ports"
)

const (
	startLimit = 2 * time.Minute // 3.5 s when nothing else runs
	stopLimit  = 10 * time.Second
)

// ErrMissing means that there is no Crossbar.io here.
var ErrMissing = errors.New("set WAMPGEN_CROSSBAR to a virtual environment with Crossbar.io (.ci/crossbar makes one)")

// Layout is how a node is built.
type Layout string

const (
	// OneRouter is one router worker with all realms.
	OneRouter Layout = "router"
	// Proxies is a router worker for each realm behind two proxy workers.
	Proxies Layout = "proxies"
)

//go:embed mkconfig.py
var makeConfig []byte

// Node is a Crossbar.io node: a controller and its workers, in one process group.
// It has the realms realm1 and realm2.
type Node struct {
	// WebSocket, RawLogin and Unix know every authentication method, RawSocket lets
	// anybody in.
	WebSocket, RawSocket, RawLogin, Unix string
	// WebSocketTLS and RawTLS know the certificate of TLS as well.
	WebSocketTLS, RawTLS string
	// TLS is how a client connects to them: with the certificate of joe.
	TLS *tls.Config

	environment string
	cmd         *exec.Cmd
	waiting     sync.WaitGroup
	exited      chan struct{}
	dir         string
	release     func() // of the ports
}

// Running returns the one node of the test binary, starting it first, or skips
// the test. The binary's TestMain ends with [Stop].
func Running(t testing.TB) *Node {
	t.Helper()
	n, err := started()
	if errors.Is(err, ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var started = sync.OnceValues(func() (*Node, error) {
	n, err := Start(OneRouter)
	running = n
	return n, err
})

// running is the node to stop, set by started.
var running *Node

// Stop ends the node of [Running], if it was started. Tests must not run any more.
func Stop() error {
	if running == nil {
		return nil
	}
	return running.Stop()
}

// Python returns the interpreter of the environment, which has autobahn, or
// [ErrMissing].
func Python() (string, error) {
	environment := os.Getenv("WAMPGEN_CROSSBAR")
	if environment == "" {
		return "", ErrMissing
	}
	return filepath.Join(environment, "bin", "python"), nil
}

// Start starts a node and returns when every port answers; the error may be
// [ErrMissing]. The caller stops the node; it ends by itself when this process
// does.
func Start(l Layout) (*Node, error) {
	return start(string(l))
}

// StartLinked starts a node of one router worker whose realm1 is joined to that
// of another node by a link, as [Start] does, and returns when the link is up.
func StartLinked(to *Node) (*Node, error) {
	n, err := start("linked", to.RawLogin[strings.LastIndex(to.RawLogin, ":")+1:])
	if err != nil {
		return nil, err
	}
	late := time.After(startLimit)
	for {
		text, err := os.ReadFile(n.logFile())
		if strings.Contains(string(text), "rlink remote session ready") {
			return n, nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-late:
			err = errors.Join(fmt.Errorf("there is no link after %v", startLimit), err, n.Stop())
			return nil, fmt.Errorf("%s\n%w", text[max(0, len(text)-4096):], err)
		}
	}
}

// start starts a node with the layout and the further arguments of mkconfig.py.
func start(layout string, more ...string) (*Node, error) {
	n, err := newNode(layout, more...)
	if err != nil {
		return nil, err
	}
	if err := n.start(); err != nil {
		return nil, errors.Join(err, n.Stop())
	}
	return n, nil
}

// newNode writes the configuration of a node on ports that are its own until
// [Node.Stop].
func newNode(layout string, more ...string) (*Node, error) {
	python, err := Python()
	if err != nil {
		return nil, err
	}
	ports, release, err := ports.Reserve(5)
	if err != nil {
		return nil, err
	}
	n := &Node{environment: filepath.Dir(filepath.Dir(python)), release: release}
	if n.dir, err = os.MkdirTemp("", "crossbar"); err != nil { // short, for the Unix socket
		release()
		return nil, err
	}
	socket := filepath.Join(n.dir, "sock")
	n.WebSocket, n.RawSocket = "ws://127.0.0.1:"+ports[0]+"/ws", "tcp://127.0.0.1:"+ports[1]
	n.RawLogin, n.Unix = "tcp://127.0.0.1:"+ports[2], "unix://"+socket
	n.WebSocketTLS, n.RawTLS = "wss://127.0.0.1:"+ports[3]+"/ws", "tcps://127.0.0.1:"+ports[4]
	if err := n.configure(python, slices.Concat([]string{layout, n.dir}, ports, []string{socket}, more)); err != nil {
		return nil, errors.Join(err, n.Stop())
	}
	return n, nil
}

// configure runs mkconfig.py, and reads the certificates that it writes.
func (n *Node) configure(python string, args []string) error {
	script := filepath.Join(n.dir, "mkconfig.py")
	if err := os.WriteFile(script, makeConfig, 0o600); err != nil {
		return err
	}
	out, err := exec.Command(python, slices.Concat([]string{script}, args)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("mkconfig.py: %w\n%s", err, out)
	}
	n.TLS, err = clientTLS(n.dir)
	return err
}

// clientTLS reads the certificates that mkconfig.py wrote.
func clientTLS(dir string) (*tls.Config, error) {
	server, err := os.ReadFile(filepath.Join(dir, "server.pem"))
	if err != nil {
		return nil, err
	}
	joe, err := tls.LoadX509KeyPair(filepath.Join(dir, "client.pem"), filepath.Join(dir, "client.key"))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(server)
	return &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{joe}}, err
}

// command starts the router, and beside it what ends the whole group when this
// process does, however it ends: then there is an end of the standard input.
const command = `exec 3<&0; (read _ <&3; kill -TERM 0) & exec "$0" start --cbdir "$1" </dev/null 3<&-`

// start starts the node and waits until every port answers.
func (n *Node) start() error {
	log, err := os.Create(n.logFile())
	if err != nil {
		return err
	}
	defer log.Close()
	n.cmd = exec.Command("sh", "-c", command, filepath.Join(n.environment, "bin", "crossbar"), filepath.Join(n.dir, ".crossbar"))
	n.cmd.Stdout, n.cmd.Stderr = log, log
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it starts workers, to be stopped with it
	if _, err := n.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := n.cmd.Start(); err != nil {
		return err
	}
	cmd, exited := n.cmd, make(chan struct{})
	n.exited = exited
	n.waiting.Go(func() {
		_ = cmd.Wait()
		close(exited)
	})
	late := time.After(startLimit)
	for _, url := range n.urls() {
		if err := n.await(url, late); err != nil {
			text, _ := os.ReadFile(n.logFile())
			return fmt.Errorf("%s\n%w", text[max(0, len(text)-4096):], err)
		}
	}
	return nil
}

func (n *Node) urls() []string {
	return []string{n.WebSocket, n.RawSocket, n.RawLogin, n.WebSocketTLS, n.RawTLS, n.Unix}
}

func (n *Node) logFile() string { return filepath.Join(n.dir, "log") }

// await waits until somebody listens at url.
func (n *Node) await(url string, late <-chan time.Time) error {
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

// address takes a router URL apart for a dialer.
func address(router string) (network, addr string) {
	u, _ := url.Parse(router)
	if u.Scheme == "unix" {
		return "unix", u.Path
	}
	return "tcp", u.Host
}

// Kill ends the controller and its workers as a crash does. [Node.Restart] starts
// them again on the same ports.
func (n *Node) Kill() {
	_ = syscall.Kill(-n.cmd.Process.Pid, syscall.SIGKILL)
	<-n.exited
}

// Restart starts a node that was killed. Its workers may have listened for a moment
// longer than its controller lived: whoever answers afterwards is a new one.
func (n *Node) Restart() error {
	for _, url := range n.urls() {
		for conn, err := net.Dial(address(url)); err == nil; conn, err = net.Dial(address(url)) {
			_ = conn.Close()
		}
	}
	return n.start()
}

// Stop ends the controller and its workers, and removes what they wrote.
func (n *Node) Stop() error {
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
	n.release()
	return os.RemoveAll(n.dir)
}

// Processor returns the processor time of the controller and its workers, 0 if
// the system does not say.
func (n *Node) Processor() (sum time.Duration) {
	const tick = time.Second / 100 // of Linux
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range files {
		text, _ := os.ReadFile(name)
		_, rest, _ := strings.Cut(string(text), ") ") // behind the name of the program
		f := strings.Fields(rest)
		if len(f) < 13 || f[2] != strconv.Itoa(n.cmd.Process.Pid) {
			continue
		}
		for _, ticks := range f[11:13] { // in user mode, and in the kernel
			v, _ := strconv.Atoi(ticks)
			sum += time.Duration(v) * tick
		}
	}
	return sum
}
