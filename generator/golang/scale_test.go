package golang

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema"
)

// hugeModel has n types of six fields and n procedures that use them.
func hugeModel(tb testing.TB, n int) *schema.Model {
	var b strings.Builder
	b.WriteString("wampgen: 1\napi: {name: huge, uri: com.acme.huge}\ntypes:\n")
	for i := range n {
		next := "bytes"
		if i > 0 {
			next = fmt.Sprintf("Type%05d", i-1)
		}
		fmt.Fprintf(&b, "  Type%05d: {doc: A record., fields: {id: int64, name: string, at: time, tags: list<string>, note: optional string, next: optional %s}}\n", i, next)
	}
	b.WriteString("procedures:\n")
	for i := range n {
		fmt.Fprintf(&b, "  proc.p%05[1]d: {doc: Does something to a record., args: [record: Type%05[1]d, count: int], kwargs: {limit: int = 50}, returns: Type%05[1]d}\n", i)
	}
	return parse(tb, b.String())
}

// BenchmarkGenerate is acceptance 10: 1 000 procedures and 1 000 types of six
// fields in under 2 s on two cores, and at least 150 000 lines a second.
func BenchmarkGenerate(b *testing.B) {
	m := hugeModel(b, 1000)
	n := 0
	for b.Loop() {
		files, err := Generate(m, Options{})
		if err != nil {
			b.Fatal(err)
		}
		n = 0
		for _, f := range files {
			n += bytes.Count(f.Data, []byte("\n"))
		}
	}
	b.ReportMetric(float64(n), "lines")
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
