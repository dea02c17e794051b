package diag_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
)

const text = "greet: strng\n"

// A finding is shown below the line that it is about.
func ExampleRender() {
	found := diag.List{{
		File: "greeter.wamp.yaml", Line: 1, Col: 8, EndCol: 13,
		Severity: diag.Error, Rule: "unknown-type", Message: `unknown type "strng"`,
	}}
	if meant := diag.Closest("strng", []string{"int", "string"}); meant != "" {
		found[0].Replace("strng", meant)
	}
	if err := diag.Render(os.Stdout, diag.Text, found, map[string][]byte{"greeter.wamp.yaml": []byte(text)}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// greeter.wamp.yaml:1:8: error: unknown type "strng" [unknown-type]
	//     1 | greet: strng
	//       |        ^^^^^ did you mean "string"?
	// 1 error in 1 file
}

// For a terminal, the severity and the caret have a color.
func ExampleRenderColor() {
	var b strings.Builder
	found := diag.List{{File: "a.wamp.yaml", Line: 1, Col: 1, EndCol: 2, Severity: diag.Error, Rule: "empty", Message: "the file is empty"}}
	if err := diag.RenderColor(&b, found, nil); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%q\n", b.String())
	// Output: "\x1b[1ma.wamp.yaml:1:1:\x1b[0m \x1b[1;31merror:\x1b[0m the file is empty [empty]\n1 error in 1 file\n"
}

// A word that is close enough is what was probably meant.
func ExampleClosest() {
	fmt.Println(diag.Closest("retruns", []string{"args", "returns"}))
	// Output: returns
}

// A source finds the place of a byte.
func ExampleNewSource() {
	s := diag.NewSource("greeter.wamp.yaml", []byte(text))
	fmt.Println(s.Pos(7), s.Line(1))
	// Output: {greeter.wamp.yaml 1 8} greet: strng
}

// The formats are what --format of every command takes.
func ExampleFormats() {
	fmt.Println(diag.Formats())
	// Output: [text json github sarif junit]
}

// Names of a file stand in messages in quotes.
func ExampleQuote() {
	fmt.Println("unknown type " + diag.Quote("a\tb"))
	// Output: unknown type "a\tb"
}

// A schema names other files relative to itself.
func ExampleBeside() {
	fmt.Println(diag.Beside("api/shop.wamp.yaml", "../common/common.wamp.yaml"))
	fmt.Println(diag.Beside("api/shop.wamp.yaml", ""))
	// Output:
	// common/common.wamp.yaml
	// api/shop.wamp.yaml
}

// One slip of the keyboard is told from another word.
func ExampleOneEdit() {
	fmt.Println(diag.OneEdit("Langage", "Language"), diag.OneEdit("Plate", "date"))
	// Output: true false
}
