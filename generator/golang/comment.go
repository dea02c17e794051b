package golang

import (
	"go/build/constraint"
	"regexp"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/generator/internal/doctext"
)

// docWidth is where comment lines are broken, slashes included.
const docWidth = 97

// docLines turns a documentation text of the schema into the lines of a Go
// comment.
func docLines(doc string) []string {
	out := doctext.Lines(doc, docWidth-len("// "))
	for i, line := range out {
		if constraint.IsPlusBuild(commentLine(line)) { // gofmt would act on it
			out[i] = "'" + strings.TrimSpace(line)
		}
	}
	return out
}

// Documentation in Go begins with its identifier, and its first sentence is what
// editors and lists of packages show. Where the words of a schema allow it, they
// become that sentence: "Places an order." that of OrderPlace, "An order as
// stored." that of Order. Otherwise they stand below a sentence that says where
// they come from.
var (
	verbFirst = regexp.MustCompile(`^([A-Z][a-z]+s) (\w+)`)
	nounFirst = regexp.MustCompile(`^(An?|The) [^.]+\.(\s|$)`)
	// notVerbs are words that end like verbs, notObjects what follows a noun.
	notVerbs   = strings.Fields("Always Besides Its Perhaps Sometimes This Thus Towards Us Yes")
	notObjects = strings.Fields("and are for from in of on or that which who with")
	finite     = regexp.MustCompile(`\b(is|are|was|were|be|has|have|had|can|could|may|might|must|shall|should|will|would|does|do)\b`)
)

// acting is a documentation as one of what name does; false if its words do not
// say that.
func acting(name, doc string) (string, bool) {
	doc = strings.TrimSpace(doc)
	m := verbFirst.FindStringSubmatch(doc)
	if m == nil || strings.HasSuffix(m[1], "ss") || slices.Contains(notVerbs, m[1]) || slices.Contains(notObjects, m[2]) {
		return "", false
	}
	return name + " " + strings.ToLower(doc[:1]) + doc[1:], true
}

// being is a documentation as one of what name is; false if its words do not
// say that.
func being(name, doc string) (string, bool) {
	doc = strings.TrimSpace(doc)
	if first := nounFirst.FindString(doc); first == "" || finite.MatchString(first) {
		return "", false
	}
	return name + " is " + strings.ToLower(doc[:1]) + doc[1:], true
}
