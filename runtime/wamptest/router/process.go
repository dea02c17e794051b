package router

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// startLimit is how long the process may take to serve: 50 ms where nothing else
// runs, and much longer on a machine that is busy.
const startLimit = 2 * time.Minute

// processEnv marks a process that is to be a router.
const processEnv = "WAMPTEST_ROUTER"

// Process is a [Router] in a process of its own. The process can be killed, and
// a crash or data race of nexus does not affect this one. It is a second copy
// of the running program, whose main or TestMain must therefore begin with
// [ServeFromEnv]. Safe for concurrent use.
type Process struct {
	mu    sync.Mutex
	cfg   Config
	cmd   *exec.Cmd // nil while it does not run
	stdin io.Closer // its end is the child's sign to leave

	release func() // of the ports
}

// report is what the child says on its standard output when it serves.
type report struct {
	WebSocketAddr, RawSocketAddr, Error string
}

// ServeFromEnv must be called first in main or TestMain of a program that uses
// [Process]:
//
//	if router.ServeFromEnv() {
//		return
//	}
//
// In a process that [Process] started it runs the router and returns true when
// the router has ended: by [Process.Stop], or because the parent is gone. In
// any other process it returns false at once.
func ServeFromEnv() bool {
	if os.Getenv(processEnv) == "" {
		return false
	}
	stdin := bufio.NewReader(os.Stdin)
	r, err := readAndStart(stdin)
	said := report{}
	if err != nil {
		said.Error = err.Error()
	} else {
		defer r.Stop()
		said.WebSocketAddr, said.RawSocketAddr = r.cfg.WebSocketAddr, r.cfg.RawSocketAddr
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err == nil {
		_, _ = io.Copy(io.Discard, stdin) // until the parent closes it or dies
	}
	return true
}

// readAndStart reads the configuration, one line, and starts the router.
func readAndStart(stdin *bufio.Reader) (*Router, error) {
	line, err := stdin.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var cfg Config
	if err := json.Unmarshal(line, &cfg); err != nil {
		return nil, err
	}
	return Start(cfg)
}

// NewProcess starts a router process for a test and ends it when the test ends.
func NewProcess(tb testing.TB, cfg Config) *Process {
	tb.Helper()
	p, err := StartProcess(cfg)
	if err != nil {
		tb.Fatalf("wamptest: start a router process: %v", err)
	}
	tb.Cleanup(func() {
		p.Kill()
		p.release()
	})
	return p
}

// StartProcess starts a router process. The caller ends it with [Process.Stop]
// or [Process.Kill]; it ends by itself if this process ends. TLS, Log and Nexus
// of cfg must be nil.
func StartProcess(cfg Config) (*Process, error) {
	if cfg.TLS != nil || cfg.Log != nil || cfg.Nexus != nil {
		return nil, errors.New("wamptest: TLS, Log and Nexus cannot be given to another process")
	}
	cfg, release, err := cfg.withPorts()
	if err != nil {
		return nil, err
	}
	p := &Process{cfg: cfg, release: release}
	if err := p.Start(); err != nil {
		release()
		return nil, err
	}
	return p, nil
}

// WebSocketURL is like [Router.WebSocketURL].
func (p *Process) WebSocketURL() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return "ws://" + p.cfg.WebSocketAddr + "/ws"
}

// RawSocketURL is like [Router.RawSocketURL].
func (p *Process) RawSocketURL() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return "tcp://" + p.cfg.RawSocketAddr
}

// PID returns the id of the process, or 0 if it does not run.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// Start starts the router again after [Process.Stop] or [Process.Kill], on the
// same ports. It does nothing if the process runs.
func (p *Process) Start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		return nil
	}
	if os.Getenv(processEnv) != "" {
		return errors.New("wamptest: this process is to be a router: main or TestMain must call ServeFromEnv first")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), processEnv+"=1")
	cmd.Stderr = os.Stderr // where a crash of nexus is reported
	return p.launch(cmd)
}

// launch runs cmd and waits until it serves.
func (p *Process) launch(cmd *exec.Cmd) error {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	// Killing ends the reading below, if the child never says anything.
	late := time.AfterFunc(startLimit, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	var said report
	err = errors.Join(json.NewEncoder(stdin).Encode(p.cfg), json.NewDecoder(stdout).Decode(&said))
	if err == nil && said.Error != "" {
		err = errors.New(said.Error)
	}
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return fmt.Errorf("wamptest: the router process does not serve: %w", err)
	}
	p.cfg.WebSocketAddr, p.cfg.RawSocketAddr = said.WebSocketAddr, said.RawSocketAddr
	p.cmd, p.stdin = cmd, stdin
	return nil
}

// Kill ends the process with SIGKILL and waits until it is gone. Its clients
// see their connections end without GOODBYE.
func (p *Process) Kill() { p.end(0) }

// Stop ends the router, which sends GOODBYE to its clients, and waits until the
// process has ended.
func (p *Process) Stop() { p.end(authTimeout) }

// end asks the process to leave and kills it when the patience is over.
func (p *Process) end(patience time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	if patience == 0 {
		_ = p.cmd.Process.Kill()
	} else {
		late := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
		defer late.Stop()
	}
	_ = p.stdin.Close()
	_ = p.cmd.Wait() // "killed" is no news
	p.cmd, p.stdin = nil, nil
}
