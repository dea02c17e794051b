package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/wampgen/wampgen/cmd/wampgen/internal/conform"
	"github.com/wampgen/wampgen/cmd/wampgen/internal/connection"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

func conformVerb() *verb {
	return &verb{
		name: "conform", usage: "[flags] [file...|dir/...]", short: "call a callee with good and bad input, and find what does not fit the schema",
		long: "It really calls the procedures, many times each, so that what they do happens: orders\n" +
			"are placed and mails sent. Use a realm for tests. On a router of another machine it\n" +
			"calls only procedures that are idempotent in the schema, unless --all or --only says\n" +
			"otherwise; --dry-run shows what would be called.\n\n" +
			"The input is that of the examples, made up by the types, at the borders of what is\n" +
			"allowed, and beyond, by position and by name. An answer fits if it is a result by the\n" +
			"schema or a declared error, and wamp.error.invalid_argument for input that does not\n" +
			"fit. Each finding has the command line that repeats it.\n\n" +
			"Exit codes: 0 all answers fit; 1 some do not, or a schema has errors; 2 nothing was\n" +
			"called, or the session was lost.",
		example: "wampgen conform\nwampgen conform --only order.place --timeout 2s shop.wamp.yaml\nwampgen conform --profile staging --skip catalog.import --format junit ./...",
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			k := &conforming{command: c, to: connection.Flags(fs)}
			fs.Func("only", "call this `procedure` and no others; several are possible", addTo(&k.only))
			fs.Func("skip", "do not call this `procedure`; several are possible", addTo(&k.skip))
			fs.BoolVar(&k.all, "all", false, "call procedures that are not idempotent, although the router is not on this machine")
			fs.BoolVar(&k.dry, "dry-run", false, "print what would be called, and how often")
			fs.DurationVar(&k.options.Timeout, "timeout", 0, "`duration` that a call may take (default: that of the schema, or 10s)")
			c.formatFlag(fs)
			return k.run
		},
	}
}

// addTo is a flag that may be there several times.
func addTo(list *[]string) func(string) error {
	return func(s string) error {
		*list = append(*list, s)
		return nil
	}
}

// conforming is one run of conform.
type conforming struct {
	*command
	to         *connection.Settings
	only, skip []string
	all, dry   bool
	options    conform.Options

	plans []planned
	found diag.List
	// sources are the texts of the files.
	sources map[string][]byte
}

// planned is a procedure and the schema that it is of.
type planned struct {
	*conform.Plan
	*schema.Procedure
	path string
	// left says why it is not called, "" if it is.
	left string
}

// run reads the schemas, calls, and prints what does not fit.
func (k *conforming) run() int {
	in := k.inputs()
	all, found, sources, failed := load(in.files)
	maps.Copy(sources, in.sources)
	k.found, k.sources = append(in.found, found...), sources
	if failed = append(in.failed, failed...); len(failed) > 0 {
		return k.fail(failed...)
	}
	if k.found.HasErrors() {
		return k.end(nil)
	}
	if err := k.plan(all); err != nil {
		return k.fail(err)
	}
	if k.dry {
		k.preview()
		return exitFine
	}
	ctx, stop := interruptible()
	defer stop()
	client, err := k.to.Open(ctx, k.logger())
	if err != nil {
		return k.fail(err)
	}
	defer client.Close(context.WithoutCancel(ctx))
	return k.end(k.call(ctx, client))
}

// end prints what was found, and returns the exit code; err is what ended the run
// too early, nil if nothing did.
func (k *conforming) end(err error) int {
	k.found = unique(k.found)
	if failed := k.show(k.stdout, k.found, k.sources); failed != nil {
		return k.fail(failed)
	}
	switch {
	case err != nil:
		return k.fail(fmt.Errorf("not all was called: %s", strings.TrimPrefix(err.Error(), "wamp: ")))
	case len(k.found) > 0:
		return exitFindings
	}
	return exitFine
}

// plan decides what is called.
func (k *conforming) plan(all []loaded) error {
	var models []*schema.Model
	for _, s := range all {
		models = append(models, s.model)
	}
	only, err := pickAll(k.only, procedures(models))
	if err != nil {
		return err
	}
	skip, err := pickAll(k.skip, procedures(models))
	if err != nil {
		return err
	}
	local, err := k.to.Local()
	if err != nil {
		return err
	}
	var served []*schema.Procedure
	for _, m := range models {
		served = append(served, m.Procedures...)
	}
	called := 0
	for _, s := range all {
		for _, p := range s.model.Procedures {
			x := planned{Procedure: p, path: s.path}
			switch named := slices.Contains(only, p); {
			case slices.Contains(skip, p), len(only) > 0 && !named:
				continue
			case !named && !k.all && !local && !p.Idempotent:
				x.left = "it is not idempotent, and the router is not on this machine: --all calls it too"
			default:
				x.Plan = conform.Make(p, served...)
				x.left = x.Left
			}
			if x.left == "" {
				called++
			}
			k.plans = append(k.plans, x)
		}
	}
	if called == 0 {
		return &connection.Error{Text: "there is nothing to call", Hint: k.reason()}
	}
	return nil
}

// pickAll returns the procedures of some names.
func pickAll(words []string, from []declared) (all []*schema.Procedure, err error) {
	for _, word := range words {
		d, err := pick("procedure", word, from)
		if err != nil {
			return nil, err
		}
		all = append(all, d.procedure)
	}
	return all, nil
}

// reason says why nothing is called.
func (k *conforming) reason() string {
	for _, p := range k.plans {
		return p.Name + ": " + p.left
	}
	return "no schema has a procedure that is to be called"
}

// preview prints what would be called.
func (k *conforming) preview() {
	w := tabwriter.NewWriter(k.stdout, 0, 0, 2, ' ', 0)
	for _, p := range k.plans {
		if p.left != "" {
			fmt.Fprintf(w, "%s\tnot called: %s\n", p.Name, p.left)
			continue
		}
		fmt.Fprintf(w, "%s\t%s at most\n", p.Name, countOf(p.Calls(), "call"))
	}
	_ = w.Flush() // printer remembers the error
}

// call makes the calls, and prints a line a procedure for people.
func (k *conforming) call(ctx context.Context, client *wamp.Client) error {
	for _, p := range k.plans {
		if p.left != "" {
			fmt.Fprintf(k.stderr, "wampgen: not called: %s: %s\n", p.Name, p.left)
			continue
		}
		report, err := conform.Run(ctx, client, p.Plan, k.options)
		for _, f := range report.Found {
			k.found = append(k.found, k.diagnostic(p, f))
		}
		if k.format == diag.Text {
			text := "fits"
			if n := len(report.Found); n > 0 {
				text = countOf(n, "finding")
			}
			k.say("%s: %s, %s", p.Name, countOf(report.Calls, "call"), text)
		}
		switch {
		case errors.Is(err, context.Canceled):
			return errors.New("interrupted")
		case err != nil:
			return err
		}
	}
	return nil
}

// diagnostic is a finding at its procedure, with the command line that repeats it.
func (k *conforming) diagnostic(p planned, f *conform.Finding) diag.Diagnostic {
	message := f.Message
	if f.More > 0 {
		message += fmt.Sprintf(" (and %s like it)", countOf(f.More, "call"))
	}
	d := p.Place.Finding(diag.Error, f.Rule, message)
	d.File = diag.Beside(p.path, d.File)
	d.Hint = k.repeat(&f.Call)
	return d
}
