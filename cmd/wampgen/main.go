package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// Exit codes.
const (
	exitFine     = 0
	exitFindings = 1
	exitFailed   = 2
)

// verb is a subcommand; its run function gets the arguments behind its name.
type verb struct {
	name, usage, help string
	run               func(v *verb, args []string, stdout, stderr io.Writer) int
}

var verbs = []*verb{
	{"generate", "generate [flags] [file... | dir/...]", "write the Go code of schemas (default: every *.wamp.yaml here)", generate},
	{"version", "version", "print the version", version},
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is main without the process around it.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		help(stderr)
		return exitFailed
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) == 1 {
			help(stdout)
			return exitFine
		}
		args = []string{args[1], "-h"}
	case "-version", "--version":
		args = []string{"version"}
	}
	for _, v := range verbs {
		if args[0] == v.name {
			return v.run(v, args[1:], stdout, stderr)
		}
	}
	fmt.Fprintf(stderr, "wampgen: there is no verb %q\n", args[0])
	help(stderr)
	return exitFailed
}

func help(w io.Writer) {
	fmt.Fprintln(w, "wampgen turns WAMP APIs written in YAML into Go.")
	fmt.Fprintln(w)
	for _, v := range verbs {
		fmt.Fprintf(w, "  wampgen %-38s %s\n", v.usage, v.help)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "wampgen help VERB shows the flags of a verb.")
}

// flags returns the flag set of the verb.
func (v *verb) flags(stderr io.Writer) *flag.FlagSet {
	fs := flag.NewFlagSet(v.name, flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprintf(fs.Output(), "usage: wampgen %s\n\n%s\n", v.usage, v.help)
		fs.PrintDefaults()
	}
	return fs
}

// parse reads flags before, between and behind the other arguments, which it
// returns. ok is false if there is nothing more to do but to exit.
func parse(fs *flag.FlagSet, args []string, stdout io.Writer) (rest []string, code int, ok bool) {
	if wantsHelp(args) {
		fs.SetOutput(stdout)
	}
	for {
		if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, exitFine, false
		} else if err != nil {
			return nil, exitFailed, false
		}
		if fs.NArg() == 0 {
			return rest, exitFine, true
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
}

// wantsHelp reports whether the usage is the answer and not a complaint.
func wantsHelp(args []string) bool {
	for _, a := range args {
		switch a {
		case "-h", "-help", "--h", "--help":
			return true
		}
	}
	return false
}
