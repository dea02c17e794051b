// Package examples shows the examples of an API as JSON for documentation.
package examples

import (
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/value"
)

// Example is one example of a declaration.
type Example struct {
	// Doc says what it shows, "" if the schema does not say so.
	Doc string
	// Messages are what is sent, in its order.
	Messages []Message
}

// Message is what is sent.
type Message struct {
	// Label is call, chunk, progress, result, event, error or value.
	Label string
	// JSON is what it carries, on one line if it is not long.
	JSON string
}

// width is how wide a line of JSON may be.
const width = 84

// Procedure returns the examples of a procedure.
func Procedure(p *schema.Procedure) (all []Example) {
	calls, _ := value.Calls(p) // the tool has checked them
	for _, c := range calls {
		x := Example{Doc: c.Doc}
		x.add("call", p.URI, c.URI, value.Arguments(p), c.Payload)
		for _, item := range c.Chunks {
			x.add("chunk", "", "", value.Chunk(p), item)
		}
		for _, item := range c.Progress {
			x.add("progress", "", "", value.Progress(p), item)
		}
		if c.Result != nil && !value.Result(p).Empty() {
			x.add("result", "", "", value.Result(p), *c.Result)
		}
		all = append(all, x)
	}
	return all
}

// Topic returns the examples of a topic.
func Topic(t *schema.Topic) (all []Example) {
	events, _ := value.Events(t)
	for _, e := range events {
		x := Example{Doc: e.Doc}
		x.add("event", t.URI, e.URI, value.Event(t), e.Payload)
		all = append(all, x)
	}
	return all
}

// Error returns the examples of an error.
func Error(e *schema.Error) (all []Example) {
	failures, _ := value.Failures(e)
	for _, f := range failures {
		x := Example{Doc: f.Doc}
		x.add("error", "", "", value.Failure(e), f.Payload)
		all = append(all, x)
	}
	return all
}

// Type returns the examples of a type.
func Type(t *schema.Type) (all []Example) {
	values, _ := value.Values(t)
	for _, v := range values {
		text, _ := value.Render(value.Of(t), v)
		all = append(all, Example{Messages: []Message{{"value", format(text)}}})
	}
	return all
}

// add adds a message; its label has the URI if it is not that of the template.
func (x *Example) add(label, template, uri string, m value.Message, p value.Payload) {
	if template != uri {
		label += " " + uri
	}
	text, _ := m.Render(p)
	x.Messages = append(x.Messages, Message{label, format(text)})
}

// format puts JSON on several lines if it is long.
func format(text []byte) string {
	v, err := data.Parse(text)
	if err != nil {
		return string(text)
	}
	return v.Format(width)
}

// Text returns examples as the comment of a source file has them, "" if there are
// none: a sentence and indented lines.
func Text(all []Example) string {
	var b strings.Builder
	for i, x := range all {
		switch {
		case x.Doc != "":
			b.WriteString("Example: " + strings.Join(strings.Fields(x.Doc), " ") + "\n\n")
		case i == 0 || all[i-1].Doc != "":
			b.WriteString("Example:\n\n")
		}
		for _, m := range x.Messages {
			text := m.Label + ": " + m.JSON
			if m.Label == "value" {
				text = m.JSON
			}
			b.WriteString("\t" + strings.ReplaceAll(text, "\n", "\n\t") + "\n")
		}
		b.WriteString("\n")
	}
	return strings.TrimSpace(b.String())
}
