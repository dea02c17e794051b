// Rollout shows a deploy that nobody notices: callers work without a break while
// the processes of their callee are replaced one after the other and the router
// is restarted. It prints what became of the calls, and fails if one failed that
// must not.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"time"

	"github.com/wampgen/wampgen/examples/rollout/rolling"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

//go:generate go run ../../cmd/wampgen generate work/work.wamp.yaml

func main() {
	if router.ServeFromEnv() || rolling.ServeFromEnv() {
		return // this process was started to be the router or a callee
	}
	if err := run(os.Stdout, rolling.Plan{Replacements: 20, Restarts: 5}); err != nil {
		log.Fatal(err)
	}
}

// run is a rollout on nexus.
func run(w io.Writer, p rolling.Plan) error {
	r, err := router.StartProcess(router.Config{})
	if err != nil {
		return err
	}
	defer r.Stop()
	return rolling.Run(context.Background(), w, nexus{r}, p)
}

// nexus is a router that is killed and started again.
type nexus struct{ *router.Process }

// URL implements rolling.Router.
func (n nexus) URL() string { return n.WebSocketURL() }

// Restart implements rolling.Router. The router is away for a second.
func (n nexus) Restart() (away time.Duration, err error) {
	begin := time.Now()
	n.Kill()
	time.Sleep(time.Second)
	err = n.Start()
	return time.Since(begin), err
}
