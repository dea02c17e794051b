package main

import (
	"embed"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/cmd/wampgen/internal/connection"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/lint"
)

//go:embed completion
var completionScripts embed.FS

// shells are the shells that there is completion for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func completionVerb() *verb {
	return &verb{
		name: "completion", usage: "bash | zsh | fish | powershell", short: "print a script that completes command lines",
		example: "source <(wampgen completion bash)",
		words:   func() []string { return shells },
		prepare: func(c *command, _ *flag.FlagSet) func() int { return c.completion },
	}
}

// completeVerb is what the scripts call.
func completeVerb() *verb {
	return &verb{
		name: "__complete", usage: "-- word...", short: "print what the last word can become", hidden: true,
		example: "wampgen __complete -- gen",
		prepare: func(c *command, _ *flag.FlagSet) func() int { return c.completeLine },
	}
}

// completion prints the script of a shell.
func (c *command) completion() int {
	if len(c.args) != 1 || !slices.Contains(shells, c.args[0]) {
		return c.fail(fmt.Errorf("completion takes the name of a shell: %s", strings.Join(shells, ", ")))
	}
	script, err := completionScripts.ReadFile("completion/" + c.args[0])
	if err == nil {
		_, err = c.stdout.Write(script)
	}
	if err != nil {
		return c.fail(err)
	}
	return exitFine
}

// complete prints candidates for the last word, each with a tab and a text
// behind it if there is one. No candidate means a file.
func (c *command) completeLine() int {
	words := joined(c.args)
	last := words[len(words)-1]
	if last == `""` { // some PowerShells do not pass on what is empty
		last = ""
	}
	for _, candidate := range candidates(words[:len(words)-1], last) {
		if strings.HasPrefix(candidate, last) {
			fmt.Fprintln(c.stdout, candidate)
		}
	}
	return exitFine
}

// joined puts words together that bash cuts at =, but for flags, whose values are
// words of their own. The last word is the one to complete, and may be empty.
func joined(args []string) (words []string) {
	open := true // the next word begins one
	for _, arg := range args {
		last := len(words) - 1
		switch {
		case arg == "=" && last >= 0 && !strings.HasPrefix(words[last], "-"):
			words[last] += arg
			open = false
			continue
		case arg == "=":
		case open:
			words = append(words, arg)
		default:
			words[last] += arg
		}
		open = true
	}
	if len(words) == 0 || args[len(args)-1] == "=" && open {
		words = append(words, "")
	}
	return words
}

// candidates returns what may stand behind the words of a command line.
func candidates(before []string, last string) (list []string) {
	var v *verb
	var behind []string
	for i, word := range before {
		if v = findVerb(word); v != nil {
			behind = before[i+1:]
			break
		}
	}
	c := new(command)
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	if c.globals(fs); v != nil {
		v.prepare(c, fs)
	}
	switch f := openFlag(fs, before); {
	case f != nil:
		return values(f.Name)
	case strings.HasPrefix(last, "-"):
		return flagNames(fs)
	case v == nil:
		return verbNames()
	case c.complete != nil:
		return c.completeArgument(fs, behind)
	case v.words != nil:
		return v.words()
	}
	return nil
}

// completeArgument returns what the next argument of a verb can be, after the words
// that stand behind the verb.
func (c *command) completeArgument(fs *flag.FlagSet, behind []string) []string {
	rest, err := parse(fs, behind)
	if err != nil {
		return nil
	}
	if c.args = rest; c.dir != "" && os.Chdir(c.dir) != nil {
		return nil
	}
	c.stdout, c.stderr, c.format = io.Discard, io.Discard, diag.Text
	return c.complete()
}

// openFlag returns the flag at the end of the words whose value comes next; nil
// if there is none.
func openFlag(fs *flag.FlagSet, words []string) *flag.Flag {
	if len(words) == 0 || !strings.HasPrefix(words[len(words)-1], "-") {
		return nil
	}
	f := fs.Lookup(strings.TrimLeft(words[len(words)-1], "-"))
	if f == nil || !takesValue(f) {
		return nil
	}
	return f
}

// verbNames returns the verbs and what they do.
func verbNames() (list []string) {
	for _, v := range verbs() {
		if !v.hidden {
			list = append(list, v.name+"\t"+v.short)
		}
	}
	return list
}

// flagNames returns the flags with two dashes, or one if they are one letter.
func flagNames(fs *flag.FlagSet) (list []string) {
	fs.VisitAll(func(f *flag.Flag) {
		dashes := "--"
		if len(f.Name) == 1 {
			dashes = "-"
		}
		_, usage := flag.UnquoteUsage(f)
		usage, _, _ = strings.Cut(usage, "\n")
		list = append(list, dashes+f.Name+"\t"+usage)
	})
	return list
}

// takesValue reports whether a word behind the flag belongs to it.
func takesValue(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return !ok || !b.IsBoolFlag()
}

// values returns what a flag can be; nothing if it is a file, or anything.
func values(name string) (list []string) {
	switch name {
	case "format":
		for _, f := range diag.Formats() {
			list = append(list, string(f))
		}
	case "lang":
		for _, l := range langs() {
			list = append(list, l.name+"\t"+l.summary)
		}
	case "serializer":
		list = connection.Serializers()
	case "login":
		list = connection.Logins()
	case "profile":
		list = connection.Profiles()
	case "cancel":
		list = slices.Clone(cancelModes)
	case "color":
		list = []string{"auto", "always", "never"}
	case "rule":
		for _, r := range lint.Rules() {
			list = append(list, "-"+string(r.Name)+"\t"+r.Summary, "+"+string(r.Name)+"\t"+r.Summary)
		}
	case "explain":
		for _, r := range ruleTexts() {
			list = append(list, string(r.name)+"\t"+r.summary)
		}
	}
	slices.Sort(list)
	return list
}
