package data_test

import (
	"fmt"

	"github.com/wampgen/wampgen/schema/data"
)

func ExampleParse() {
	v, err := data.Parse([]byte(`{"sku": "AB-1", "price": 12.50}`))
	if err != nil {
		return
	}
	fmt.Println(v.Get("price").Text, v.Get("price").Place.Col)
	_, err = data.Parse([]byte(`{"sku": }`))
	fmt.Println(err)
	// Output:
	// 12.50 26
	// line 1, column 9: not JSON: invalid character '}' looking for beginning of value
}

func ExampleOf() {
	v := data.Of(map[string]any{"sku": "AB-1", "stock": int64(5), "share": 1.0})
	text, err := v.MarshalJSON()
	fmt.Println(string(text), err)
	// Output: {"share":1.0,"sku":"AB-1","stock":5} <nil>
}

func ExampleFloatText() {
	fmt.Println(data.FloatText(2, 64), data.FloatText(1e300, 64))
	// Output: 2.0 1e+300
}

func ExampleValue_Format() {
	v, err := data.Parse([]byte(`{"sku":"AB-1","sizes":[1,2,3]}`))
	if err != nil {
		return
	}
	fmt.Println(v.Format(24))
	// Output:
	// {
	//   "sku": "AB-1",
	//   "sizes": [1, 2, 3]
	// }
}
