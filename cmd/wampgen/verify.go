package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/wampgen/wampgen/cmd/wampgen/internal/connection"
	"github.com/wampgen/wampgen/cmd/wampgen/internal/serving"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/meta"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

func verifyVerb() *verb {
	return &verb{
		name: "verify", usage: "[flags] [file...|dir/...]", short: "find what nobody serves, and policies that differ, in a live system",
		long: "It asks the meta API of the router who has registered what, prints that, and compares\n" +
			"it with the schemas: procedures that nobody serves, and registrations whose invoke or\n" +
			"match policy is another one. It calls no procedure of the API.\n\n" +
			"Exit codes: 0 the system is as the schemas say; 1 it is not, or a schema has errors;\n" +
			"2 the router could not be asked.",
		example: "wampgen verify\nwampgen verify --profile production --format junit ./...",
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			to := connection.Flags(fs)
			wait := fs.Duration("wait", 0, "`duration` to wait until the system is as the schemas say, such as after a deployment")
			c.formatFlag(fs)
			return func() int { return c.verify(to, *wait) }
		},
	}
}

// verify compares schemas with a live system.
func (c *command) verify(to *connection.Settings, wait time.Duration) int {
	in := c.inputs()
	all, found, sources, failed := load(in.files)
	maps.Copy(sources, in.sources)
	found = append(in.found, found...)
	if failed = append(in.failed, failed...); len(failed) > 0 {
		return c.fail(failed...)
	}
	if found.HasErrors() {
		if err := c.show(c.stdout, found, sources); err != nil {
			return c.fail(err)
		}
		return exitFindings
	}
	ctx, stop := interruptible()
	defer stop()
	client, err := to.Open(ctx, c.logger())
	if err != nil {
		return c.fail(err)
	}
	defer client.Close(context.WithoutCancel(ctx))
	view, reports, err := look(ctx, client, all, wait)
	if err != nil {
		return c.fail(unseen(err))
	}
	if c.format == diag.Text && !c.quiet {
		c.describe(all, view, reports)
	}
	for _, text := range view.Unseen {
		fmt.Fprintln(c.stderr, "wampgen: not seen: "+text)
	}
	for _, r := range reports {
		found = append(found, r.Found...)
	}
	found = unique(found)
	switch err := c.show(c.stdout, found, sources); {
	case err != nil:
		return c.fail(err)
	case len(found) > 0:
		return exitFindings
	}
	return exitFine
}

// look asks the router until it says what the schemas do, or wait is over.
func look(ctx context.Context, client *wamp.Client, all []loaded, wait time.Duration) (*serving.View, []*serving.Report, error) {
	for end := time.Now().Add(wait); ; {
		view, err := serving.Look(ctx, meta.NewCaller(client))
		if err != nil {
			return nil, nil, err
		}
		var reports []*serving.Report
		found := 0
		for _, s := range all {
			r := view.Judge(s.model)
			for i := range r.Found {
				r.Found[i].File = diag.Beside(s.path, r.Found[i].File)
			}
			reports, found = append(reports, r), found+len(r.Found)
		}
		if found == 0 || !time.Now().Before(end) {
			return view, reports, nil
		}
		select {
		case <-time.After(min(time.Second, time.Until(end))):
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
}

// unseen says what to do if the router does not say who serves what.
func unseen(err error) error {
	hint := ""
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted")
	case errors.Is(err, wamp.ErrNoSuchProcedure):
		hint = "this router does not have the registration meta API, so that nobody can see who serves what"
	case errors.Is(err, wamp.ErrNotAuthorized), errors.Is(err, wamp.ErrAuthorizationFailed):
		hint = "allow this user to call wamp.registration.*, wamp.subscription.* and wamp.session.get, or log in as another one"
	}
	return &connection.Error{Text: "cannot ask the router who serves what: " + strings.TrimPrefix(err.Error(), "wamp: "), Hint: hint, Err: err}
}

// describe prints who serves what, for people.
func (c *command) describe(all []loaded, view *serving.View, reports []*serving.Report) {
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	models := make([]*schema.Model, len(all))
	for i, r := range reports {
		models[i] = all[i].model
		fmt.Fprintf(w, "%s\n", models[i].Name)
		rows(w, r.Procedures, "nobody")
		rows(w, r.Topics, "no subscribers")
	}
	if strangers := view.Strangers(models); len(strangers) > 0 {
		fmt.Fprintf(w, "in no schema\n  %s\n", strings.Join(strangers, "\n  "))
	}
	_ = w.Flush() // printer remembers the error
}

// rows prints a row a declaration, and a line for each further registration.
func rows(w *tabwriter.Writer, list []serving.Row, none string) {
	for _, row := range list {
		name := row.Name
		if len(row.Who) == 0 {
			row.Who = []string{none}
		}
		for _, who := range row.Who {
			fmt.Fprintf(w, "  %s\t%s\n", name, who)
			name = ""
		}
	}
}
