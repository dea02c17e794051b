package markdown_test

import (
	"os"

	"github.com/wampgen/wampgen/generator/markdown"
	"github.com/wampgen/wampgen/schema"
)

func ExampleGenerate() {
	m, _ := schema.Parse("shop.wamp.yaml", []byte("wampgen: 1\napi: {name: shop, uri: com.example.shop}\nerrors: {sold_out: {doc: There is none left.}}\n"))
	os.Stdout.Write(markdown.Generate(m))
	// Output:
	// # shop
	//
	// Its URIs begin with `com.example.shop`.
	//
	// ## Errors
	//
	// <a id="error-sold_out"></a>
	//
	// ### sold\_out
	//
	// `com.example.shop.error.sold_out`
	//
	// There is none left.
	//
	// **Payload**
	//
	// It is empty.
}
