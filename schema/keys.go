package schema

// keyTable lists the keys that a kind of mapping can have.
type keyTable struct {
	// built are the keys that are read, later those that the language has and
	// this wampgen refuses as not built yet.
	built, later []string
}

// constraints are the keys of a [Constraint].
var constraints = []string{"min", "max", "len", "exclusive_min", "exclusive_max", "multiple_of", "pattern", "unique"}

// The tables: the whole language, and what of it is built.
var (
	rootKeys = keyTable{
		built: []string{"wampgen", "api", "defaults", "types", "errors", "procedures", "topics"},
		later: []string{"imports", "include"},
	}
	apiKeys = keyTable{
		built: []string{"name", "version", "uri", "doc", "go"},
		later: []string{"title", "error_uri", "uuid", "external"},
	}
	apiGoKeys    = keyTable{built: []string{"package", "import"}, later: []string{"types"}}
	defaultsKeys = keyTable{built: []string{"procedure"}, later: []string{"topic"}}
	policyKeys   = keyTable{built: []string{"timeout", "errors"}, later: []string{
		"forward_timeout", "invoke", "concurrency", "match", "disclose_me", "disclose_caller", "cancel", "idempotent", "strict",
	}}
	typeKeys = keyTable{
		built: append([]string{"type", "fields", "enum", "open", "doc", "go"}, constraints...),
		later: []string{"tuple", "union", "tag", "alias", "encoding", "unknown", "keys", "deprecated", "since"},
	}
	fieldKeys = keyTable{
		built: append([]string{"type", "doc", "default", "go"}, constraints...),
		later: []string{"name", "encoding", "keys", "variadic", "catch_all", "example", "deprecated", "since"},
	}
	streamKeys  = keyTable{built: []string{"out"}, later: []string{"in", "required", "last"}}
	payloadKeys = keyTable{built: []string{"args", "kwargs"}}
	errorKeys   = keyTable{
		built: []string{"args", "kwargs", "uri", "doc", "go"},
		later: []string{"deprecated", "since", "retryable"},
	}
	procedureKeys = keyTable{
		built: []string{"args", "kwargs", "returns", "stream", "errors", "timeout", "idempotent", "uri", "doc", "go"},
		later: []string{
			"params", "options", "forward_timeout", "invoke", "concurrency", "match", "disclose_me", "disclose_caller",
			"cancel", "strict", "lenient", "group", "deprecated", "since", "ppt", "rkey", "runmode", "roles",
		},
	}
	topicKeys = keyTable{
		built: []string{"args", "kwargs", "history", "uri", "doc", "go"},
		later: []string{
			"params", "options", "match", "acknowledge", "exclude_me", "disclose_me", "retain", "get_retained", "lenient",
			"group", "deprecated", "since", "ppt", "rkey", "roles",
		},
	}
	goKeys          = keyTable{built: []string{"name"}, later: []string{"type", "import", "tags"}}
	procedureGoKeys = keyTable{built: []string{"name", "params"}}
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
