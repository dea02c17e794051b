package jsonschema_test

import (
	"os"

	"github.com/wampgen/wampgen/generator/jsonschema"
	"github.com/wampgen/wampgen/schema"
)

func ExampleGenerate() {
	m, _ := schema.Parse("shop.wamp.yaml", []byte(`
wampgen: 1
api: {name: shop, uri: com.example.shop}
types:
  Sku: {type: string, max: 32, doc: An article.}
topics:
  price.changed: {kwargs: {sku: Sku}}
`))
	data, err := jsonschema.Generate(m)
	if err != nil {
		return
	}
	os.Stdout.Write(data)
	// Output:
	// {
	//   "$schema": "https://json-schema.org/draft/2020-12/schema",
	//   "title": "shop",
	//   "$defs": {
	//     "Sku": {
	//       "description": "An article.",
	//       "$ref": "#/$defs/string",
	//       "maxLength": 32
	//     },
	//     "topic:price.changed": {
	//       "title": "com.example.shop.price.changed",
	//       "type": "object",
	//       "properties": {
	//         "args": {
	//           "type": "array"
	//         },
	//         "kwargs": {
	//           "type": "object",
	//           "properties": {
	//             "sku": {
	//               "$ref": "#/$defs/Sku"
	//             }
	//           },
	//           "required": [
	//             "sku"
	//           ]
	//         }
	//       },
	//       "required": [
	//         "kwargs"
	//       ]
	//     },
	//     "string": {
	//       "description": "A string. One that begins with U+0000 would be bytes.",
	//       "type": "string",
	//       "pattern": "^(?:[^\\x00]|$)"
	//     }
	//   }
	// }
}
