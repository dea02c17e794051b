// Outage shows a real one: a callee and a caller in processes of their own, and
// a router that is killed with SIGKILL while they work. The parent process
// drives them and tells the story.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

//go:generate go run ../../cmd/wampgen generate greeter/greeter.wamp.yaml

func main() {
	if router.ServeFromEnv() {
		return // this process was started to be the router
	}
	if len(os.Args) == 3 {
		log.Fatal(runRole(os.Args[1], os.Args[2]))
	}
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// run is the parent: it starts the processes and lets the router die.
func run(w io.Writer) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	router, err := router.StartProcess(router.Config{})
	if err != nil {
		return err
	}
	defer router.Stop()
	callee, err := startChild(ctx, "callee", router.RawSocketURL())
	if err != nil {
		return err
	}
	defer callee.stop()
	caller, err := startChild(ctx, "caller", router.WebSocketURL())
	if err != nil {
		return err
	}
	defer caller.stop()

	story := &story{w: w}
	story.say("A router, a callee and a caller run in three processes.")
	story.hear(callee, "ready")
	story.hear(caller, "ready")
	story.tell(caller, "greet Ann")
	story.hear(caller, "answer")
	story.hear(caller, "event")

	story.say("The router is killed with SIGKILL.")
	router.Kill()
	story.hear(callee, "lost")
	story.hear(caller, "lost")
	story.say("A call is made while there is no router. It waits.")
	story.tell(caller, "greet Bob")

	story.say("The router is started again. Nobody tells the other two.")
	if err := router.Start(); err != nil {
		return err
	}
	story.hear(callee, "ready")
	story.hear(caller, "ready")
	story.hear(caller, "answer")
	story.hear(caller, "event")
	story.say("Nothing was done by hand.")
	return story.err
}

// story prints what happens, in the order in which it must happen. After the
// first error it is silent.
type story struct {
	w   io.Writer
	err error
}

func (s *story) say(line string) {
	if s.err == nil {
		fmt.Fprintln(s.w, line)
	}
}

// tell gives a child something to do.
func (s *story) tell(c *child, line string) {
	if s.err == nil {
		_, s.err = fmt.Fprintln(c.in, line)
	}
}

// hear waits for the child's next line of a kind and prints it.
func (s *story) hear(c *child, kind string) {
	if s.err != nil {
		return
	}
	text, err := c.next(kind)
	if err != nil {
		s.err = err
		return
	}
	fmt.Fprintf(s.w, "  %s: %s\n", c.role, text)
}
