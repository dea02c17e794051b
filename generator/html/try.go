package html

import (
	_ "embed" // the forms, their style and their script, and autobahn-js
	"strings"

	"github.com/wampgen/wampgen/generator/internal/reference"
	"github.com/wampgen/wampgen/schema"
)

//go:embed try.html
var trySource string

//go:embed try.css
var tryStyle string

//go:embed try.js
var tryScript string

// client is the browser build of autobahn-js; .ci/autobahn gets it from npm.
//
//go:embed autobahn/autobahn.min.js
var client string

// form is what the reader fills in to try a procedure or a topic out.
type form struct {
	// ID and Name are those of the declaration.
	ID, Name string
	// Topic reports whether it is a topic.
	Topic bool
	// URI is shown if the reader must complete it, "" otherwise.
	URI string
	// Match is how a topic is subscribed to, "" for exactly.
	Match string
	// Args and Kwargs are a payload in JSON to begin with, "" if there is none.
	Args, Kwargs string
	// Progress reports whether a call has progressive results.
	Progress bool
}

// forms returns the forms of an API by the anchors of their declarations.
func forms(m *schema.Model) map[string]*form {
	all := map[string]*form{}
	add := func(kind, name, uri string, open bool, p *schema.Payload) *form {
		f := &form{ID: reference.Anchor(kind, name), Name: name}
		if open || strings.Contains(uri, "{") {
			f.URI = uri
		}
		f.Args, f.Kwargs = sampleArgs(p.Args, sampleDepth), sampleKwargs(p.Kwargs)
		all[f.ID] = f
		return f
	}
	for _, x := range m.Procedures {
		add("procedure", x.Name, x.URI, x.Prefix, x.In).Progress = x.Progress != nil
	}
	for _, x := range m.Topics {
		f := add("topic", x.Name, x.URI, x.Prefix, x.Payload)
		f.Topic = true
		if x.Prefix {
			f.Match = "prefix"
		}
	}
	return all
}
