package schema

import "slices"

// keyTable lists the keys that a kind of mapping can have.
type keyTable struct {
	// built are the keys that are read, later those that the language has and
	// this wampgen refuses as not built yet.
	built, later []string
}

// The policies of procedures and topics, which defaults can set.
var (
	procedurePolicies = []string{
		"timeout", "forward_timeout", "idempotent", "invoke", "concurrency", "disclose_me", "disclose_caller", "cancel",
		"strict", "lenient", "grace", "priority", "roles", "metadata",
	}
	topicPolicies = []string{
		"acknowledge", "exclude_me", "disclose_me", "retain", "get_retained", "history", "lenient", "roles", "metadata",
	}
)

// constraints are the keys of a [Constraint].
var constraints = []string{"min", "max", "len", "exclusive_min", "exclusive_max", "multiple_of", "pattern", "unique"}

// The tables: the whole language, and what of it is built.
var (
	rootKeys = keyTable{
		built: []string{"wampgen", "api", "include", "imports", "defaults", "types", "errors", "procedures", "topics"},
	}
	fragmentKeys = keyTable{built: []string{"wampgen", "types", "errors", "procedures", "topics"}}
	apiKeys      = keyTable{
		built: []string{"name", "version", "uri", "doc", "external", "go"},
		later: []string{"title", "error_uri", "uuid"},
	}
	apiGoKeys    = keyTable{built: []string{"package", "import", "types"}}
	scalarGoKeys = keyTable{built: []string{"type", "import"}}
	defaultsKeys = keyTable{built: []string{"procedure", "topic"}}
	policyKeys   = keyTable{built: slices.Concat([]string{"errors"}, procedurePolicies)}
	// topicPolicyKeys are the policies of topics.
	topicPolicyKeys = keyTable{built: topicPolicies}
	metadataKeys    = keyTable{built: []string{"kwarg"}}
	typeKeys        = keyTable{
		built: slices.Concat([]string{"type", "fields", "enum", "tuple", "union", "tag", "open", "alias", "keys", "encoding", "unknown", "doc",
			"go", "deprecated", "since", "examples"}, constraints),
	}
	fieldKeys = keyTable{
		built: slices.Concat([]string{"type", "name", "doc", "default", "variadic", "catch_all", "keys", "encoding", "go", "deprecated", "since"},
			constraints),
		later: []string{"example"},
	}
	enumValueKeys = keyTable{built: []string{"value", "doc", "deprecated", "since"}}
	tagKeys       = keyTable{built: []string{"key", "content"}}
	streamKeys    = keyTable{built: []string{"in", "out", "last", "required"}}
	payloadKeys   = keyTable{built: []string{"args", "kwargs"}}
	errorKeys     = keyTable{
		built: []string{"args", "kwargs", "uri", "doc", "go", "deprecated", "since", "examples"},
		later: []string{"retryable"},
	}
	procedureKeys = keyTable{
		built: slices.Concat([]string{"args", "kwargs", "params", "options", "group", "returns", "stream", "errors", "uri", "doc", "go", "match",
			"deprecated", "since", "examples"}, procedurePolicies),
		later: []string{"ppt", "rkey", "runmode"},
	}
	topicKeys = keyTable{
		built: slices.Concat([]string{"args", "kwargs", "params", "options", "uri", "doc", "go", "match", "deprecated", "since", "examples"}, topicPolicies),
		later: []string{"ppt", "rkey"},
	}
	procedureExampleKeys = keyTable{built: []string{"doc", "params", "args", "kwargs", "in", "out", "returns"}}
	topicExampleKeys     = keyTable{built: []string{"doc", "params", "args", "kwargs"}}
	errorExampleKeys     = keyTable{built: []string{"doc", "args", "kwargs"}}
	goKeys               = keyTable{built: []string{"name"}}
	typeGoKeys           = keyTable{built: []string{"name", "type", "import"}}
	fieldGoKeys          = keyTable{built: []string{"name", "type", "import", "tags"}}
	procedureGoKeys      = keyTable{built: []string{"name", "params"}}
)

// typeAliases are types by the names that they have elsewhere.
var typeAliases = map[string]string{
	"integer": "int", "long": "int64", "boolean": "bool", "float": "float64", "double": "float64", "number": "float64",
	"str": "string", "text": "string", "byte": "uint8", "binary": "bytes", "datetime": "time", "timestamp": "time",
	"object": "map<any>", "dict": "map<any>", "array": "list<any>",
}

// nothing are words that mean in other languages that there is no value.
var nothing = map[string]bool{"void": true, "none": true, "nil": true, "unit": true, "nothing": true, "undefined": true, "()": true}

// keyAliases are keys by the names that they have elsewhere.
var keyAliases = map[string]string{
	"result": "returns", "results": "returns", "return": "returns", "parameters": "args", "arguments": "args",
	"description": "doc", "docs": "doc", "keywords": "kwargs", "raises": "errors", "throws": "errors", "values": "enum",
	"properties": "fields",
}
