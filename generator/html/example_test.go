package html_test

import (
	"fmt"
	"strings"

	"github.com/wampgen/wampgen/generator/html"
	"github.com/wampgen/wampgen/schema"
)

func ExampleGenerate() {
	m, _ := schema.Parse("shop.wamp.yaml", []byte("wampgen: 1\napi: {name: shop, uri: com.example.shop}\nprocedures: {ping: {}}\n"))
	page, err := html.Generate(m)
	if err != nil {
		panic(err)
	}
	fmt.Println(strings.Contains(string(page), "com.example.shop.ping"))
	// Output: true
}

func ExampleGenerateTry() {
	m, _ := schema.Parse("shop.wamp.yaml", []byte("wampgen: 1\napi: {name: shop, uri: com.example.shop}\nprocedures: {ping: {}}\n"))
	page, err := html.GenerateTry(m)
	if err != nil {
		panic(err)
	}
	fmt.Println(strings.Contains(string(page), `aria-label="Try ping"`))
	// Output: true
}
