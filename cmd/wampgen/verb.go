package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wampgen/wampgen/cmd/wampgen/internal/connection"
	"github.com/wampgen/wampgen/schema/diag"
)

// verb is a subcommand.
type verb struct {
	name    string
	aliases []string
	// usage is what stands behind the name, short is one line for the list of
	// verbs, and long, which may be "", is what its own help says besides.
	usage, short, long string
	// example is one command line or several.
	example string
	// words are what its arguments can be, for completion; nil if they are files.
	words func() []string
	// hidden leaves the verb out of the list.
	hidden bool
	// prepare declares the flags and returns the function that does the work.
	prepare func(c *command, fs *flag.FlagSet) func() int
}

// command is one run of a verb.
type command struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	// args are the arguments behind the verb that are no flags.
	args []string
	// The flags of every verb.
	dir, color     string
	quiet, verbose bool
	// complete returns what the next argument can be, for verbs whose flags and
	// arguments decide that; nil for the others.
	complete func() []string
	// format is the form of the findings; only verbs that find something have
	// a flag for it.
	format diag.Format
	began  time.Time
}

// globals declares the flags of every verb. They may stand before the verb too,
// so what is set already stays.
func (c *command) globals(fs *flag.FlagSet) {
	if c.color == "" {
		c.color = "auto"
	}
	fs.StringVar(&c.dir, "C", c.dir, "change to this `folder` first")
	fs.StringVar(&c.color, "color", c.color, "color findings: auto, always or never; NO_COLOR means never")
	fs.BoolVar(&c.quiet, "q", c.quiet, "print findings and errors only")
	fs.BoolVar(&c.verbose, "v", c.verbose, "print more: what stayed as it was, and times")
}

// formatFlag declares the flag for the form of findings.
func (c *command) formatFlag(fs *flag.FlagSet) {
	fs.Func("format", "`form` of the findings: text, json, github, sarif or junit (default text)", func(s string) error {
		c.format = diag.Format(s)
		return c.format.Check()
	})
}

// run reads the flags of a verb and runs it.
func (c *command) run(v *verb, args []string) int {
	c.began, c.format = time.Now(), diag.Text
	fs := flag.NewFlagSet(v.name, flag.ContinueOnError)
	fs.SetOutput(c.stderr)
	fs.Usage = func() { v.help(fs) }
	c.globals(fs)
	work := v.prepare(c, fs)
	if wantsHelp(args) {
		fs.SetOutput(c.stdout)
	}
	if flag := connection.Secret(args); flag != "" && fs.Lookup("secret-file") != nil {
		return c.fail(connection.RefuseSecret(flag))
	}
	if !wantsHelp(args) {
		fs.Usage = func() { fmt.Fprintf(c.stderr, "wampgen help %s shows its flags\n", v.name) }
	}
	rest, err := parse(fs, args)
	if err != nil {
		return codeOf(err)
	}
	c.args = rest
	switch c.color {
	case "auto", "always", "never":
	default:
		return c.fail(fmt.Errorf("-color: unknown value %q: must be auto, always or never", c.color))
	}
	if c.dir != "" {
		if err := os.Chdir(c.dir); err != nil {
			return c.fail(fmt.Errorf("-C: %w", err))
		}
	}
	return work()
}

// help prints what a verb does, its flags and an example.
func (v *verb) help(fs *flag.FlagSet) {
	w := fs.Output()
	fmt.Fprintf(w, "usage: wampgen %s\n\n%s.\n", strings.TrimSpace(v.name+" "+v.usage), capital(v.short))
	if len(v.aliases) > 0 {
		fmt.Fprintf(w, "Other names of it: %s.\n", strings.Join(v.aliases, ", "))
	}
	if v.long != "" {
		fmt.Fprintf(w, "\n%s\n", v.long)
	}
	fmt.Fprint(w, "\nExample:\n\n")
	for line := range strings.SplitSeq(v.example, "\n") {
		fmt.Fprintf(w, "  %s\n", line)
	}
	fmt.Fprint(w, "\nFlags:\n\n")
	fs.PrintDefaults()
}

// capital begins a sentence.
func capital(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:]
}

// parse reads flags before, between and behind the other arguments, which it
// returns. Behind "--" there are no flags, and a negative number is none.
func parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		n := firstNumber(fs, args)
		part, err := parsePart(fs, args[:n])
		if rest = append(rest, part...); err != nil || n == len(args) {
			return rest, err
		}
		rest, args = append(rest, args[n]), args[n+1:]
	}
}

// negative is how a negative number begins.
var negative = regexp.MustCompile(`^-\.?[0-9]`)

// firstNumber returns where the first negative number is that is an argument of its
// own, and not the value of a flag or behind "--".
func firstNumber(fs *flag.FlagSet, args []string) int {
	for i, arg := range args {
		switch {
		case arg == "--":
			return len(args)
		case negative.MatchString(arg) && openFlag(fs, args[:i]) == nil:
			return i
		}
	}
	return len(args)
}

// parsePart is parse where no argument is a negative number.
func parsePart(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		if read := len(args) - fs.NArg(); fs.NArg() == 0 || read > 0 && args[read-1] == "--" {
			return append(rest, fs.Args()...), nil
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
}

// codeOf is the exit code after flags could not be read. The error is printed.
func codeOf(err error) int {
	if errors.Is(err, flag.ErrHelp) {
		return exitFine
	}
	return exitFailed
}

// wantsHelp reports whether the usage is the answer and not a complaint.
func wantsHelp(args []string) bool {
	for _, a := range args {
		switch a {
		case "--":
			return false
		case "-h", "-help", "--h", "--help":
			return true
		}
	}
	return false
}

// fail reports that wampgen could not do its work.
func (c *command) fail(errs ...error) int {
	for _, err := range errs {
		fmt.Fprintln(c.stderr, "wampgen:", err)
	}
	return exitFailed
}

// say prints a line for people, unless -q is set.
func (c *command) say(format string, args ...any) {
	if !c.quiet {
		fmt.Fprintf(c.stdout, format+"\n", args...)
	}
}

// took prints how long the run has taken, if -v is set.
func (c *command) took() {
	if c.verbose {
		c.say("took %s", time.Since(c.began).Round(time.Millisecond))
	}
}

// show prints findings. SARIF and JUnit are a document each, which is printed
// without findings too, so show is called once in a run.
func (c *command) show(w io.Writer, found diag.List, sources map[string][]byte) error {
	if c.format == diag.Text && c.colored(w) {
		return diag.RenderColor(w, found, sources)
	}
	return diag.Render(w, c.format, found, sources)
}

// colored reports whether findings on w have colors.
func (c *command) colored(w io.Writer) bool {
	if c.color != "auto" {
		return c.color == "always"
	}
	if out, ok := w.(*printer); ok {
		w = out.Writer
	}
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
