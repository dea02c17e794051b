package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
)

// Exit codes.
const (
	exitFine     = 0
	exitFindings = 1
	exitFailed   = 2
)

// verbs are the subcommands, in the order in which help lists them.
func verbs() []*verb {
	return []*verb{initVerb(), generateVerb(), checkVerb(), fmtVerb(), schemaVerb(), versionVerb()}
}

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is main without the process around it.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &command{stdin: stdin, stdout: stdout, stderr: stderr}
	fs := flag.NewFlagSet("wampgen", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() { overview(fs.Output()) }
	c.globals(fs)
	version := fs.Bool("version", false, "print the version")
	if wantsHelp(args[:min(len(args), 1)]) {
		fs.SetOutput(stdout)
	}
	if err := fs.Parse(args); err != nil {
		return codeOf(err)
	}
	args = fs.Args()
	switch {
	case *version:
		args = []string{"version"}
	case len(args) == 0:
		overview(stderr)
		return exitFailed
	case args[0] == "help" && len(args) == 1:
		overview(stdout)
		return exitFine
	case args[0] == "help":
		args = []string{args[1], "-h"}
	}
	for _, v := range verbs() {
		if args[0] == v.name || slices.Contains(v.aliases, args[0]) {
			return c.run(v, args[1:])
		}
	}
	fmt.Fprintf(stderr, "wampgen: there is no verb %q\n", args[0])
	overview(stderr)
	return exitFailed
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
	fmt.Fprintln(w, "wampgen help VERB shows the flags of a verb and an example.")
}
