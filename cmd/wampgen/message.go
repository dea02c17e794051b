package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/value"
)

// message is a line of --json.
type message struct {
	// Type is progress, result, error or event.
	Type string `json:"type"`
	// Value is the payload: the one value of a result in the short form, and
	// otherwise {args, kwargs}.
	Value json.RawMessage `json:"value,omitempty"`
	// URI is that of an error or of an event, Name the one that the schema has for
	// an error or a topic.
	URI  string `json:"uri,omitempty"`
	Name string `json:"name,omitempty"`
	// Params are the parameters of the URI of an event.
	Params map[string]string `json:"params,omitempty"`
	// Publication is the id of an event, Publisher its session if it is disclosed.
	Publication wamp.ID `json:"publication,omitempty"`
	Publisher   wamp.ID `json:"publisher,omitempty"`
	Retained    bool    `json:"retained,omitempty"`
	// Message is the text of an error.
	Message string `json:"message,omitempty"`
	// Problems say what does not fit the schema.
	Problems []string `json:"problems,omitempty"`
}

// line prints a message as a line of JSON.
func (c *command) line(m message) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(m)
	if err == nil {
		_, err = b.WriteTo(c.stdout)
	}
	return err
}

// indented is JSON for people.
func indented(text []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return string(text)
	}
	return b.String()
}

// rendered returns a payload that arrived as JSON, and what does not fit its
// schema, behind what is wrong besides; m is nil if there is no schema.
func rendered(m *value.Message, p wamp.Payload, wrong ...value.Problem) (text []byte, problems []string) {
	if m == nil {
		return value.JSON(value.Payload(p)), nil
	}
	text, found := m.Render(value.Payload(p))
	for _, problem := range slices.Concat(wrong, found) {
		problems = append(problems, problem.Error())
	}
	return text, problems
}

// print prints a progressive result or the result, and returns the exit code.
func (k *calling) print(kind string, p wamp.Payload) int {
	var of *value.Message
	if k.procedure.procedure != nil {
		m := value.Result(k.procedure.procedure)
		if kind == "progress" {
			m = value.Progress(k.procedure.procedure)
		}
		of = &m
	}
	text, problems := rendered(of, p)
	empty := len(p.Args)+len(p.Kwargs) == 0
	var err error
	switch {
	case k.json:
		err = k.line(message{Type: kind, Value: text, Problems: problems})
	case kind == "progress":
		_, err = fmt.Fprintf(k.stdout, "progress %s\n", text)
	case !empty:
		_, err = fmt.Fprintln(k.stdout, indented(text))
	case !k.quiet:
		fmt.Fprintln(k.stderr, "done, without a result")
	}
	switch {
	case err != nil:
		return k.lost(kind, err)
	case len(problems) == 0:
		return exitFine
	}
	fmt.Fprintf(k.stderr, "wampgen: the %s does not fit the schema:\n  %s\n", kind, strings.Join(problems, "\n  "))
	return exitFindings
}

// lost reports that a message came and could not be printed.
func (c *command) lost(kind string, err error) int {
	fmt.Fprintf(c.stderr, "wampgen: the %s cannot be printed: %v\n", kind, err)
	return exitFindings
}

// refused prints the error that a peer has answered with.
func (k *calling) refused(err error) int {
	reply, _ := errors.AsType[*wamp.Error](err)
	name, m := k.declaredError(reply.URI)
	title := reply.URI
	if name != "" {
		title = name + " (" + reply.URI + ")"
	}
	var text []byte
	var problems []string
	if len(reply.Args)+len(reply.Kwargs) > 0 {
		text, problems = rendered(m, wamp.Payload{Args: reply.Args, Kwargs: reply.Kwargs})
	}
	if k.json {
		if err := k.line(message{Type: "error", URI: reply.URI, Name: name, Value: text, Problems: problems}); err != nil {
			return k.lost("error", err)
		}
	}
	fmt.Fprintf(k.stderr, "wampgen: the call of %s failed: %s\n", k.uri, title)
	if !k.json && text != nil {
		fmt.Fprintf(k.stderr, "  %s\n", strings.ReplaceAll(indented(text), "\n", "\n  "))
	}
	if hint := k.replyHint(reply); hint != "" {
		fmt.Fprintln(k.stderr, "  "+hint)
	}
	if len(problems) > 0 {
		fmt.Fprintf(k.stderr, "  the error does not fit the schema: %s\n", strings.Join(problems, "; "))
	}
	return exitFindings
}

// declaredError returns the name and the payload of a declared error, "" and nil
// if the procedure declares none with the URI.
func (k *calling) declaredError(uri string) (string, *value.Message) {
	if k.procedure.procedure == nil {
		return "", nil
	}
	for _, e := range k.procedure.procedure.Errors {
		if e.URI == uri {
			m := value.Failure(e.Error)
			return e.Name, &m
		}
	}
	return "", nil
}

// replyHint says what to do about an error that WAMP itself has.
func (k *calling) replyHint(reply *wamp.Error) string {
	switch {
	case errors.Is(reply, wamp.ErrNoSuchProcedure):
		return "no callee has registered it in this realm: start one, wait for one with --grace 10s, or see who serves what with  wampgen verify"
	case errors.Is(reply, wamp.ErrInvalidArgument) && !k.raw:
		return "the callee refuses the arguments: its schema may be of another version"
	case errors.Is(reply, wamp.ErrNotAuthorized), errors.Is(reply, wamp.ErrAuthorizationFailed):
		return "this user may not call it: log in as another one with --login and --user"
	case errors.Is(reply, wamp.ErrDisclosureRefused):
		return "the router does not disclose callers: leave --disclose-me out"
	case errors.Is(reply, wamp.ErrRuntime):
		return "the handler failed: its log says why"
	case errors.Is(reply, wamp.ErrTimeout):
		return "wait longer with --timeout"
	case errors.Is(reply, wamp.ErrUnavailable), errors.Is(reply, wamp.ErrNoAvailableCallee):
		return "the callee is too busy: call again later"
	}
	return ""
}

// signature describes the parameters of a payload for people.
func signature(p *schema.Payload) string {
	var words []string
	for _, f := range slices.Concat(p.Args, p.Kwargs) {
		word := f.Name + ": " + typeName(f.Type)
		if f.Optional || f.Default != nil || f.Variadic || f.CatchAll {
			word += " (optional)"
		}
		words = append(words, word)
	}
	if len(words) == 0 {
		return "no arguments"
	}
	return strings.Join(words, ", ")
}

// typeName is a type as schemas write it.
func typeName(r *schema.Ref) string {
	name := string(r.Scalar)
	switch {
	case r.List != nil:
		name = "list<" + typeName(r.List) + ">"
	case r.Map != nil:
		name = "map<" + typeName(r.Map) + ">"
	case r.Named != nil && r.Import != nil:
		name = r.Import.Alias + "." + r.Named.Name
	case r.Named != nil:
		name = r.Named.Name
	}
	if r.Nullable {
		name += "|null"
	}
	return name
}
