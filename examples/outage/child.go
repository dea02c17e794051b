package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// child is a process of this example as its parent sees it. It says one line
// for everything that happens to it: a kind and a text.
type child struct {
	role  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Scanner
	// heard are lines of another kind than the parent waited for.
	heard []string
}

// startChild starts this program again in a role.
func startChild(ctx context.Context, role, url string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{role: role, cmd: exec.CommandContext(ctx, self, role, url)}
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.lines = bufio.NewScanner(out)
	return c, c.cmd.Start()
}

// next returns the text of the child's next line of a kind.
func (c *child) next(kind string) (string, error) {
	for i, line := range c.heard {
		if text, ok := strings.CutPrefix(line, kind+" "); ok {
			c.heard = append(c.heard[:i], c.heard[i+1:]...)
			return text, nil
		}
	}
	for c.lines.Scan() {
		if text, ok := strings.CutPrefix(c.lines.Text(), kind+" "); ok {
			return text, nil
		}
		c.heard = append(c.heard, c.lines.Text())
	}
	return "", fmt.Errorf("the %s ended before it said %q", c.role, kind)
}

// stop lets the child leave: the end of its input tells it to.
func (c *child) stop() {
	_ = c.in.Close()
	_ = c.cmd.Wait()
}
