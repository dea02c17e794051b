package format_test

import (
	"fmt"

	"github.com/wampgen/wampgen/schema/format"
)

const untidy = `wampgen:  1
api: {name: greeter,uri: com.example.greeter}   # the API


procedures:
    greet:
        args: [ name: string ] # who
        returns:   string # what to say
`

// A formatted file says the same and keeps its comments.
func ExampleSource() {
	tidy, found := format.Source("greeter.wamp.yaml", []byte(untidy))
	fmt.Print(string(tidy))
	fmt.Println(len(found), format.Same(tidy, []byte(untidy)))
	// Output:
	// wampgen: 1
	// api: {name: greeter, uri: com.example.greeter}  # the API
	//
	// procedures:
	//   greet:
	//     args: [name: string]  # who
	//     returns: string       # what to say
	// 0 true
}

// Same compares what files say, as a test of an automatic change does.
func ExampleSame() {
	fmt.Println(format.Same([]byte("a: 1 # one"), []byte("a:  1")), format.Same([]byte("a: 1"), []byte("a: 2")))
	// Output: true false
}

// A file without a canonical form has a finding, and its rule says what to do.
func ExampleExplain() {
	_, found := format.Source("greeter.wamp.yaml", []byte("api: [greeter"))
	for _, rule := range format.Rules() {
		if found[0].Rule == rule {
			fmt.Println(format.Explain(rule))
		}
	}
	// Output:
	// a file that cannot be read is not formatted
	// The message says what is wrong with the YAML; wampgen check says where if it knows better.
}
