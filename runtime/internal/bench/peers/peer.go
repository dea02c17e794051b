package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// task is what a peer is to measure.
type task struct {
	Do       string `json:"do"`     // call, event or idle
	Flight   int    `json:"flight"` // so many at a time
	Size     int    `json:"size"`   // of the text in bytes
	Ms       int    `json:"ms"`     // so long
	Sessions int    `json:"sessions"`
}

// answer is what came of it.
type answer struct {
	N       int     `json:"n"`   // so many
	Ns      float64 `json:"ns"`  // took so long
	CPU     float64 `json:"cpu"` // and so much of the processor, in ns
	Bytes   float64 `json:"bytes"`
	Version string  `json:"version"`
	Error   string  `json:"error"`
}

// peer is a client library in a process of its own.
type peer struct {
	name, version string
	cmd           *exec.Cmd
	in            io.WriteCloser
	out           *json.Decoder
}

// start starts every peer that is here.
func start(url string) ([]*peer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	_, here, _, _ := runtime.Caller(0)
	here = filepath.Dir(here)
	commands := [][]string{{"wampgen", self, "peer", "wampgen", url}, {"nexus", self, "peer", "nexus", url}}
	if modules := os.Getenv("WAMPGEN_NODE"); modules != "" {
		commands = append(commands, []string{"autobahn-js", "node", filepath.Join(here, "peer.js"), url})
	}
	if venv := os.Getenv("WAMPGEN_CROSSBAR"); venv != "" {
		commands = append(commands, []string{"autobahn-python", filepath.Join(venv, "bin", "python"), filepath.Join(here, "peer.py"), url})
	}
	var peers []*peer
	for _, c := range commands {
		p, err := launch(c[0], c[1], c[2:]...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c[0], err)
		}
		peers = append(peers, p)
	}
	return peers, nil
}

// launch starts a peer and waits until it is ready.
func launch(name, command string, args ...string) (*peer, error) {
	cmd := exec.Command(command, args...)
	cmd.Env = append(os.Environ(), "NODE_PATH="+os.Getenv("WAMPGEN_NODE"))
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
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
	p := &peer{name: name, cmd: cmd, in: in, out: json.NewDecoder(bufio.NewReader(out))}
	var ready answer
	if err := p.out.Decode(&ready); err != nil {
		return nil, fmt.Errorf("it does not begin: %w\n%s", err, complaints.String())
	}
	p.version = strings.TrimSpace(ready.Version)
	return p, nil
}

// do has the peer do a task.
func (p *peer) do(t task) (answer, error) {
	if err := json.NewEncoder(p.in).Encode(t); err != nil {
		return answer{}, err
	}
	var a answer
	if err := p.out.Decode(&a); err != nil {
		return a, err
	}
	if a.Error != "" {
		return a, errors.New(a.Error)
	}
	return a, nil
}

// stop ends the process.
func (p *peer) stop() {
	_ = p.in.Close()
	_ = p.cmd.Wait()
}
