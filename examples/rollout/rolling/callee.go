package rolling

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/wampgen/wampgen/examples/rollout/work"
	wamp "github.com/wampgen/wampgen/runtime"
)

// calleeEnv names the router and the realm in the environment of a callee process.
const calleeEnv = "ROLLOUT_CALLEE"

// drainLimit is how long a callee may take to finish its work.
const drainLimit = 20 * time.Second

// ServeFromEnv is the whole program of a callee process. It reports whether this
// is one; then it has ended.
func ServeFromEnv() bool {
	url, realm, ok := strings.Cut(os.Getenv(calleeEnv), " ")
	if !ok {
		return false
	}
	if err := serve(url, realm); err != nil {
		fmt.Fprintln(os.Stderr, "callee:", err)
		os.Exit(1)
	}
	return true
}

// serve is what the main function of a service looks like: connect, register,
// and leave in good order when the system asks for it.
func serve(url, realm string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	client, err := wamp.Connect(ctx, url, realm, wamp.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	_, err = work.Register(ctx, client, service{}, wamp.WithInvokePolicy(wamp.InvokeRoundRobin))
	if err != nil {
		return err
	}
	go func() {
		for st := range client.Watch(ctx) {
			if st.State == wamp.Ready {
				fmt.Println("ready")
			}
		}
	}()
	return wamp.Run(ctx, client, drainLimit)
}

// service implements the API.
type service struct{}

var _ work.Callee = service{}

// Double implements double.
func (service) Double(_ context.Context, number int) (int, error) { return 2 * number, nil }

// Count implements count.
func (service) Count(_ context.Context, number int) (int, error) { return number, nil }

// callee is a callee process as its parent sees it.
type callee struct {
	cmd   *exec.Cmd
	ready chan struct{} // holds a token each time that it has become ready
}

// startCallee starts a callee process and waits until it serves.
func startCallee(ctx context.Context, url, realm string) (*callee, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &callee{cmd: exec.CommandContext(ctx, self), ready: make(chan struct{}, 100)}
	c.cmd.Env = append(os.Environ(), calleeEnv+"="+url+" "+realm)
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go c.listen(out)
	return c, c.wait(ctx)
}

func (c *callee) listen(out io.Reader) {
	defer close(c.ready)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		c.ready <- struct{}{}
	}
}

// wait waits until the callee has become ready once more.
func (c *callee) wait(ctx context.Context) error {
	select {
	case _, alive := <-c.ready:
		if !alive {
			return errors.New("a callee ended before it was ready")
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("a callee is not ready: %w", ctx.Err())
	}
}

// leave asks the process to end, as an orchestrator does, and waits for that.
func (c *callee) leave() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	for range c.ready { // until its output has ended
	}
	return c.cmd.Wait()
}
