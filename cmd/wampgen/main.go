package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"sync/atomic"

	"github.com/wampgen/wampgen/schema/diag"
)

// Exit codes.
const (
	exitFine     = 0
	exitFindings = 1
	exitFailed   = 2
)

// verbs are the subcommands, in the order in which help lists them.
func verbs() []*verb {
	return []*verb{initVerb(), generateVerb(), checkVerb(), fmtVerb(), breakingVerb(), docsVerb(), exportVerb(), routerVerb(), mockVerb(), callVerb(), listenVerb(), verifyVerb(), conformVerb(), schemaVerb(), completionVerb(), versionVerb(), completeVerb()}
}

func main() {
	if os.Getenv("GOGC") == "" {
		// A run is short. Collecting less often takes a quarter off it, and a
		// schema of 1 000 types and 1 000 procedures still needs about 200 MB.
		debug.SetGCPercent(800)
		if os.Getenv("GOMEMLIMIT") == "" {
			// 10 000 of each would need 1.5 GB, most of it garbage.
			debug.SetMemoryLimit(768 << 20)
		}
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is main without the process around it.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &printer{Writer: stdout}
	c := &command{stdin: stdin, stdout: out, stderr: stderr}
	code := c.main(args)
	if err := out.failed.Load(); err != nil && code == exitFine { // otherwise it has said what went wrong
		return c.fail(*err)
	}
	return code
}

// printer remembers an error of a writer: what a command prints is its product,
// and the command has failed if that is not there.
type printer struct {
	io.Writer
	failed atomic.Pointer[error]
}

func (p *printer) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	if err != nil {
		p.failed.Store(&err)
	}
	return n, err
}

// main reads the arguments in front of the verb and runs it.
func (c *command) main(args []string) int {
	fs := flag.NewFlagSet("wampgen", flag.ContinueOnError)
	fs.SetOutput(c.stderr)
	fs.Usage = func() { overview(fs.Output()) }
	c.globals(fs)
	version := fs.Bool("version", false, "print the version")
	if wantsHelp(args[:min(len(args), 1)]) {
		fs.SetOutput(c.stdout)
	}
	if err := fs.Parse(args); err != nil {
		return codeOf(err)
	}
	args = fs.Args()
	switch {
	case *version:
		args = []string{"version"}
	case len(args) == 0:
		overview(c.stderr)
		return exitFailed
	case args[0] == "help" && len(args) == 1:
		overview(c.stdout)
		return exitFine
	case args[0] == "help":
		args = []string{args[1], "-h"}
	}
	if v := findVerb(args[0]); v != nil {
		return c.run(v, args[1:])
	}
	hint := "wampgen help  lists the commands"
	var names []string
	for _, v := range verbs() {
		names = append(append(names, v.name), v.aliases...)
	}
	if with := diag.Closest(args[0], names); with != "" {
		hint = fmt.Sprintf("did you mean %q?", with)
	}
	fmt.Fprintf(c.stderr, "wampgen: there is no command %q\n  %s\n", args[0], hint)
	return exitFailed
}

// findVerb returns the verb that has a name, nil if there is none.
func findVerb(name string) *verb {
	for _, v := range verbs() {
		if name == v.name || slices.Contains(v.aliases, name) {
			return v
		}
	}
	return nil
}

// overview lists the verbs.
func overview(w io.Writer) {
	fmt.Fprintln(w, "wampgen turns WAMP APIs written in YAML into Go.")
	fmt.Fprintln(w)
	for _, v := range verbs() {
		if !v.hidden {
			fmt.Fprintf(w, "  wampgen %-11s %s\n", v.name, v.short)
		}
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "wampgen help COMMAND shows the flags of a command and an example. Every command has")
	fmt.Fprintln(w, "-C folder, -q, -v and --color.")
}
