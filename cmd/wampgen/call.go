package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/wampgen/wampgen/cmd/wampgen/internal/connection"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/value"
)

// exitInterrupted is the exit code of a call that an interrupt has canceled, as
// shells have it for SIGINT.
const exitInterrupted = 130

func callVerb() *verb {
	return &verb{
		name: "call", usage: "[flags] PROCEDURE [argument...]", short: "call a procedure and print its result",
		long: "PROCEDURE is a name of the schema, or a URI. An argument is name=value, or a value by\n" +
			"position. Strings need no quotes, lists and maps are JSON, @FILE is the text of a file\n" +
			"and @- that of the standard input. They are checked before they leave. --raw calls any\n" +
			"URI without a schema: arguments are then JSON, and otherwise strings. An interrupt\n" +
			"cancels the call.\n\n" +
			"Exit codes: 0 there is a result; 1 the call failed, or a result does not fit the\n" +
			"schema or cannot be printed; 2 nothing was called; 130 the call was interrupted.",
		example: "wampgen call order.place sku=tea quantity=2\n" +
			"wampgen call --url wss://router.example/ws --realm shop --login ticket --user ann --secret-file ticket.txt order.place @order.json\n" +
			"wampgen call --raw wamp.session.count",
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			k := &calling{command: c, to: connection.Flags(fs), schemas: schemaFlag(fs)}
			fs.BoolVar(&k.raw, "raw", false, "call a URI without a schema")
			fs.BoolVar(&k.json, "json", false, "print one JSON object a line: progress, result or error")
			fs.StringVar(&k.input, "input", "", "`file` with all arguments as JSON, - for the standard input: the parameters by name, or {\"args\": [...], \"kwargs\": {...}}")
			fs.BoolVar(&k.progress, "progress", false, "ask for progressive results (default: if the schema has them)")
			fs.Func("timeout", "`duration` that the call may take, 0 for any; between two progressive results if there are such (default: that of the schema)", k.setTimeout)
			fs.DurationVar(&k.grace, "grace", 0, "`duration` to wait for a callee if there is none")
			fs.Func("cancel", "what an interrupt does at the callee: `mode` kill, killnowait or skip (default: that of the schema, or killnowait)", k.setCancel)
			fs.BoolVar(&k.disclose, "disclose-me", false, "ask the router to disclose this user to the callee")
			fs.Func("option", "further entry of CALL.Options, `key=value`; several are possible", k.addOption)
			c.complete = k.candidates
			return k.run
		},
	}
}

// calling is one run of call.
type calling struct {
	*command
	to                            *connection.Settings
	schemas                       *[]string
	raw, json, progress, disclose bool
	input, cancel                 string
	timeout                       *time.Duration
	grace                         time.Duration
	options                       []wamp.CallOption

	// What is called: its schema, unless raw is set, the URI, and the payload.
	procedure declared
	uri       string
	in        wamp.Payload
}

func (k *calling) setTimeout(s string) error {
	d, err := time.ParseDuration(s)
	switch {
	case s == "0":
		d, err = 0, nil
	case err != nil || d < 0:
		err = errors.New("must be a duration such as 10s")
	}
	k.timeout = &d
	return err
}

func (k *calling) setCancel(mode string) error {
	if k.cancel = mode; !slices.Contains(cancelModes, mode) {
		return errors.New("must be " + strings.Join(cancelModes, ", "))
	}
	return nil
}

// cancelModes are what an interrupt can do.
var cancelModes = []string{string(wamp.Kill), string(wamp.KillNoWait), string(wamp.Skip)}

func (k *calling) addOption(s string) error {
	key, text, ok := strings.Cut(s, "=")
	switch {
	case !ok || key == "":
		return errors.New("must be key=value")
	case key == "timeout" || key == "disclose_me" || key == "receive_progress":
		return errors.New("there are flags for that: --timeout, --disclose-me, --progress")
	}
	v, err := anything(&data.Value{Kind: data.Plain, Text: text})
	k.options = append(k.options, wamp.WithOption(key, v))
	return err
}

// run reads the arguments, calls, and prints.
func (k *calling) run() int {
	if len(k.args) == 0 {
		return k.fail(&connection.Error{Text: "call takes the name of a procedure", Hint: "as in  wampgen call order.place sku=tea quantity=2"})
	}
	if code := k.read(k.args[0], k.args[1:]); code != exitFine {
		return code
	}
	ctx, stop := interruptible()
	defer stop()
	client, err := k.to.Open(ctx, k.logger())
	if err != nil {
		return k.fail(err)
	}
	defer client.Close(context.WithoutCancel(ctx))
	return k.call(ctx, client)
}

// candidates are the procedures of the schemas, and behind one its parameters.
func (k *calling) candidates() []string {
	if k.raw {
		return nil
	}
	all := procedures(k.models(*k.schemas))
	if len(k.args) == 0 {
		return names(all)
	}
	p, err := pick("procedure", k.args[0], all)
	if err != nil {
		return nil
	}
	return p.parameters(k.args[1:], p.procedure.In)
}

// logger returns where a client logs: nowhere without -v, since what fails is
// reported as such.
func (c *command) logger() *slog.Logger {
	if !c.verbose {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(c.stderr, nil))
}

// read finds the procedure and makes the payload.
func (k *calling) read(name string, args []string) int {
	w, err := readWords(args, k.input, k.stdin)
	switch {
	case err != nil:
		return k.fail(err)
	case k.raw:
		k.uri = name
		if k.in, err = w.raw(); err != nil {
			return k.fail(err)
		}
		return exitFine
	}
	models := k.models(*k.schemas)
	if models == nil {
		return k.fail(errors.New("without a schema, --raw calls any URI"))
	}
	if k.procedure, err = pick("procedure", name, procedures(models)); err != nil {
		return k.fail(err)
	}
	if text := k.procedure.procedure.Deprecated; text != "" && !k.quiet {
		fmt.Fprintf(k.stderr, "wampgen: %s is deprecated: %s\n", k.procedure.name, text)
	}
	if k.uri, err = k.procedure.address(w); err != nil {
		return k.fail(err)
	}
	w.spread(k.procedure.procedure.In)
	if k.in, err = w.typed(value.Arguments(k.procedure.procedure)); err != nil {
		return k.fail(&connection.Error{Text: err.Error(), Hint: "it takes " + signature(k.procedure.procedure.In)})
	}
	return exitFine
}

// address returns the URI with the values of its parameters, which it takes out of
// the words.
func (d *declared) address(w *words) (string, error) {
	at, err := w.take(d)
	if err != nil {
		return "", err
	}
	uri, problems := value.Address(d.uri, d.params, at)
	if len(problems) == 0 {
		return uri, nil
	}
	return "", &connection.Error{Text: "the parameters of the URI do not fit the schema, and nothing was sent:\n  " + strings.ReplaceAll(problems.Error(), "\n", "\n  "),
		Hint: "give its parameters by name, or in their place in " + d.name}
}

// callOptions are what flags and schema say of the call.
func (k *calling) callOptions() []wamp.CallOption {
	opts := []wamp.CallOption{wamp.WithGrace(k.grace)}
	if p := k.procedure.procedure; p != nil {
		if k.timeout == nil {
			k.timeout = &p.Timeout
		}
		if k.cancel == "" {
			k.cancel = p.Cancel
		}
		k.disclose = k.disclose || p.DiscloseMe
		k.progress = k.progress || p.Progress != nil
	}
	if k.timeout != nil {
		opts = append(opts, wamp.WithCallTimeout(*k.timeout))
	}
	if k.cancel != "" {
		opts = append(opts, wamp.WithCancelMode(wamp.CancelMode(k.cancel)))
	}
	if k.disclose {
		opts = append(opts, wamp.WithDiscloseMe())
	}
	return append(opts, k.options...)
}

// call calls and prints what comes.
func (k *calling) call(ctx context.Context, client *wamp.Client) int {
	opts := k.callOptions()
	if !k.progress {
		result, err := client.Call(ctx, k.uri, k.in.Args, k.in.Kwargs, opts...)
		return k.ended(ctx, result, err)
	}
	stream := client.CallStream(ctx, k.uri, k.in.Args, k.in.Kwargs, opts...)
	defer stream.Close()
	code := exitFine
	for item, err := range stream.All() {
		if err == nil {
			code = max(code, k.print("progress", item))
		}
	}
	result, err := stream.Result()
	return max(code, k.ended(ctx, result, err))
}

// ended prints how the call ended.
func (k *calling) ended(ctx context.Context, result wamp.Payload, err error) int {
	switch {
	case err == nil:
		return k.print("result", result)
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(k.stderr, "wampgen: interrupted, and the call was canceled")
		return exitInterrupted
	}
	if _, ok := errors.AsType[*wamp.Error](err); ok && wamp.IsPeer(err) {
		return k.refused(err)
	}
	text := strings.TrimPrefix(err.Error(), "wamp: call "+k.uri+": ")
	if errors.Is(err, context.DeadlineExceeded) {
		text = "there was no result in time"
	}
	if k.json {
		if err := k.line(message{Type: "error", Message: text}); err != nil {
			return k.lost("error", err)
		}
	}
	k.fail(&connection.Error{Text: "the call of " + k.uri + " failed: " + text, Hint: k.failureHint(err)})
	if wamp.SafeToRetry(err) && !errors.Is(err, context.DeadlineExceeded) {
		return exitFailed
	}
	return exitFindings
}

// failureHint says what to do about a call that no peer has answered.
func (k *calling) failureHint(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "wait longer with --timeout, or find out with  wampgen verify  who serves it"
	case errors.Is(err, wamp.ErrInvalidURI):
		return "a procedure is a URI such as com.example.shop.order.place: " + diag.Quote(k.uri) + " is none"
	case errors.Is(err, wamp.ErrLost):
		return "the session was lost while the call ran: it may have had an effect"
	}
	return ""
}
