package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wampgen/wampgen/cmd/wampgen/internal/connection"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/value"
)

func listenVerb() *verb {
	return &verb{
		name: "listen", usage: "[flags] TOPIC [parameter=value...]", short: "subscribe to a topic and print its events",
		long: "TOPIC is a name of the schema, or a URI. Of a topic with parameters it prints the\n" +
			"events of all values, or of those that are given. Each event is a line; one that does\n" +
			"not fit the schema is printed with what is wrong. --raw subscribes to any URI. If the\n" +
			"session is lost it opens another one. It ends by an interrupt, --count or --for.\n\n" +
			"Exit codes: 0 it ended as asked; 1 fewer events came than --count, or one did not\n" +
			"fit the schema or could not be printed; 2 there was no subscription.",
		example: "wampgen listen order.placed\n" +
			"wampgen listen device.{device_id}.state device_id=d1 --json\n" +
			"wampgen listen --raw --match prefix com.example.shop --count 1 --for 10s",
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			l := &listening{command: c, to: connection.Flags(fs), schemas: schemaFlag(fs)}
			fs.BoolVar(&l.raw, "raw", false, "subscribe to a URI without a schema")
			fs.BoolVar(&l.json, "json", false, "print each event as a JSON object in a line")
			fs.StringVar(&l.match, "match", "", "with --raw: `policy` by which topics match: exact, prefix or wildcard (default exact)")
			fs.BoolVar(&l.retained, "retained", false, "ask for the event that the router has kept (default: that of the schema)")
			fs.Int64Var(&l.count, "count", 0, "end after this `number` of events")
			fs.DurationVar(&l.limit, "for", 0, "end after this `duration` of listening")
			c.complete = l.candidates
			return l.run
		},
	}
}

// listening is one run of listen.
type listening struct {
	*command
	to                  *connection.Settings
	schemas             *[]string
	raw, json, retained bool
	match               string
	count               int64
	limit               time.Duration

	// The topic: its schema, unless raw is set, and what to subscribe to.
	topic declared
	uri   string
	// came are the events so far, misfits those that do not fit.
	came, misfits atomic.Int64
	// lacking reports that the last event could not be printed.
	lacking atomic.Bool
	// subscription is the last one.
	subscription *wamp.Subscription
}

// candidates are the topics of the schemas, and behind one its parameters.
func (l *listening) candidates() []string {
	if l.raw {
		return nil
	}
	all := topics(l.models(*l.schemas))
	if len(l.args) == 0 {
		return names(all)
	}
	t, err := pick("topic", l.args[0], all)
	if err != nil {
		return nil
	}
	return t.parameters(l.args[1:], &schema.Payload{})
}

// run reads the arguments, subscribes, and prints until it is to end.
func (l *listening) run() int {
	if len(l.args) == 0 {
		return l.fail(&connection.Error{Text: "listen takes the name of a topic", Hint: "as in  wampgen listen order.placed"})
	}
	if code := l.read(l.args[0], l.args[1:]); code != exitFine {
		return code
	}
	ctx, stop := interruptible()
	defer stop()
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	note := func(text string) { fmt.Fprintln(l.stderr, "wampgen: "+text) }
	err := l.to.Keep(ctx, l.logger(), note, func(ctx context.Context, client *wamp.Client) error {
		return l.subscribe(ctx, client, enough)
	})
	if err != nil {
		return l.fail(err)
	}
	return l.ended()
}

// read finds the topic and what to subscribe to.
func (l *listening) read(name string, args []string) int {
	if l.match != "" && (!l.raw || l.match != "exact" && l.match != "prefix" && l.match != "wildcard") {
		return l.fail(&connection.Error{Text: "--match must be exact, prefix or wildcard, and needs --raw", Hint: "with a schema, the parameters of the topic decide"})
	}
	if l.count < 0 || l.limit < 0 {
		return l.fail(errors.New("--count and --for must not be negative"))
	}
	if l.raw {
		if l.uri = name; len(args) > 0 {
			return l.fail(fmt.Errorf("with --raw listen takes one URI, and there is %s as well", diag.Quote(args[0])))
		}
		return exitFine
	}
	models := l.models(*l.schemas)
	if models == nil {
		return l.fail(errors.New("without a schema, --raw subscribes to any URI"))
	}
	w, err := readWords(args, "", nil)
	if err != nil {
		return l.fail(err)
	}
	if l.topic, err = pick("topic", name, topics(models)); err != nil {
		return l.fail(err)
	}
	if err := l.pattern(w); err != nil {
		return l.fail(err)
	}
	return exitFine
}

// pattern sets the URI and the match policy by the parameters that are given.
func (l *listening) pattern(w *words) error {
	given, err := w.take(&l.topic)
	if err != nil {
		return err
	}
	if len(w.named)+len(w.positional) > 0 {
		return &connection.Error{Text: "listen takes parameters of the URI only, and an argument is none",
			Hint: "the topic is " + l.topic.name}
	}
	var fields []*schema.Field
	for _, f := range l.topic.params {
		if given.Get(f.Name) != nil {
			fields = append(fields, f)
		}
	}
	template, problems := value.Address(l.topic.uri, fields, given)
	if len(problems) > 0 {
		return &connection.Error{Text: problems.Error(), Hint: "the topic is " + l.topic.name}
	}
	if l.uri, l.match = value.Pattern(template); l.match == "" && l.topic.topic.Prefix {
		l.match = "prefix"
	}
	l.retained = l.retained || l.topic.topic.GetRetained
	return nil
}

// subscribe subscribes. enough is called once enough events have come.
func (l *listening) subscribe(ctx context.Context, client *wamp.Client, enough func()) error {
	var opts []wamp.SubscribeOption
	switch l.match {
	case "prefix":
		opts = append(opts, wamp.WithPrefix())
	case "wildcard":
		opts = append(opts, wamp.WithWildcard())
	}
	if l.retained {
		opts = append(opts, wamp.WithGetRetained())
	}
	first := l.subscription == nil
	sub, err := client.Subscribe(ctx, l.uri, func(ctx context.Context, p wamp.Payload) error {
		switch n := l.came.Add(1); {
		case l.count == 0 || n < l.count:
			l.print(wamp.EventInfoFrom(ctx), p)
		case n == l.count:
			l.print(wamp.EventInfoFrom(ctx), p)
			enough()
		}
		return nil
	}, opts...)
	if err != nil {
		return l.explain(err)
	}
	l.subscription = sub
	if first && l.limit > 0 {
		time.AfterFunc(l.limit, enough)
	}
	if first && !l.quiet {
		what := l.uri
		if l.match != "" {
			what += " (" + l.match + ")"
		}
		fmt.Fprintf(l.stderr, "listening to %s, %s; an interrupt ends it\n", what, l.to)
	}
	return nil
}

// explain says what to do about a subscription that was refused.
func (l *listening) explain(err error) error {
	hint := ""
	switch {
	case errors.Is(err, wamp.ErrNotAuthorized), errors.Is(err, wamp.ErrAuthorizationFailed):
		hint = "this user may not subscribe to it: log in as another one with --login and --user"
	case errors.Is(err, wamp.ErrInvalidURI):
		hint = "a topic is a URI such as com.example.shop.order.placed; one with empty components needs --match wildcard"
	case errors.Is(err, wamp.ErrUnsupported):
		hint = "this router does not have it: name one topic in full"
	}
	return &connection.Error{Text: strings.TrimPrefix(err.Error(), "wamp: "), Hint: hint, Err: err}
}

// print prints an event.
func (l *listening) print(info wamp.EventInfo, p wamp.Payload) {
	var of *value.Message
	var wrong value.Problems
	m := message{Type: "event", URI: info.Topic, Publication: info.Publication, Publisher: info.Publisher, Retained: info.Retained}
	if t := l.topic.topic; t != nil {
		event := value.Event(t)
		of, m.Name = &event, t.Name
		if len(t.Params) > 0 && info.Exact {
			m.Params, _ = value.Parameters(t.URI, info.Topic)
			wrong = value.CheckURI(t.URI, t.Params, info.Topic)
		}
	}
	m.Value, m.Problems = rendered(of, p, wrong...)
	var err error
	if l.json {
		err = l.line(m)
	} else {
		note := ""
		if info.Retained {
			note = "(retained) "
		}
		_, err = fmt.Fprintf(l.stdout, "%s %s %s%s\n", time.Now().Format(time.TimeOnly), info.Topic, note, m.Value)
	}
	if err != nil {
		l.misfits.Add(1)
	}
	if before := l.lacking.Swap(err != nil); err != nil && !before {
		l.lost("event", err)
	}
	if len(m.Problems) > 0 {
		l.misfits.Add(1)
		fmt.Fprintf(l.stderr, "wampgen: the event does not fit the schema:\n  %s\n", strings.Join(m.Problems, "\n  "))
	}
}

// ended says what was missed, and returns the exit code.
func (l *listening) ended() int {
	if l.subscription == nil {
		return l.fail(errors.New("it ended before there was a subscription"))
	}
	if n := l.subscription.Dropped(); n > 0 {
		fmt.Fprintf(l.stderr, "wampgen: %d events came faster than they were printed, and were dropped\n", n)
	}
	switch came := l.came.Load(); {
	case came < l.count:
		fmt.Fprintf(l.stderr, "wampgen: %d of %d events came\n", came, l.count)
		return exitFindings
	case l.misfits.Load() > 0:
		return exitFindings
	}
	return exitFine
}
