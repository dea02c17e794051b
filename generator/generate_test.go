package generator

import (
	"os"
	"testing"
)

func TestDump(t *testing.T) {
	files, err := Generate(shopModel(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	os.MkdirAll("/tmp/stub/shop", 0o777)
	for _, f := range files {
		os.WriteFile("/tmp/stub/shop/"+f.Name, f.Data, 0o666)
	}
}
