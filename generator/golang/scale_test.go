package golang

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/wampgen/wampgen/schema"
)

// hugeModel has n types of six fields and n procedures that use them.
func hugeModel(n int) *schema.Model {
	m := &schema.Model{File: "huge.wamp.yaml", Name: "huge", URI: "com.acme.huge"}
	for i := range n {
		f := func(name string, r *schema.Ref) *schema.Field {
			return fieldOf(name, r)
		}
		next := scalar(schema.Bytes)
		if i > 0 {
			next = named(m.Types[i-1])
		}
		m.Types = append(m.Types, &schema.Type{
			Name: fmt.Sprintf("Type%05d", i), Kind: schema.Struct, Doc: "A record.",
			Fields: []*schema.Field{
				f("id", scalar(schema.Int64)), f("name", scalar(schema.String)), f("at", scalar(schema.Time)),
				f("tags", listOf(scalar(schema.String))), optional(f("note", scalar(schema.String))),
				optional(f("next", next)),
			}})
	}
	for i := range n {
		t := m.Types[i]
		m.Procedures = append(m.Procedures, &schema.Procedure{
			Name: fmt.Sprintf("proc.p%05d", i),
			URI:  fmt.Sprintf("com.acme.huge.proc.p%05d", i), Doc: "Does something to a record.",
			In: &schema.Payload{
				Args:   []*schema.Field{f1("record", named(t)), f1("count", scalar(schema.Int))},
				Kwargs: []*schema.Field{defaulted(f1("limit", scalar(schema.Int)), schema.Value{Int: 50})}},
			Out: &schema.Payload{Single: true, Args: []*schema.Field{f1("result", named(t))}},
		})
	}
	return m
}

func f1(name string, r *schema.Ref) *schema.Field { return fieldOf(name, r) }

// BenchmarkGenerate is acceptance 10: 1 000 procedures and 1 000 types of six
// fields in under 2 s on two cores, and at least 150 000 lines a second.
func BenchmarkGenerate(b *testing.B) {
	m := hugeModel(1000)
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
