package main

import (
	"fmt"
	"slices"
	"strings"
)

// cell is one thing that is measured.
type cell struct {
	name string
	task task
}

// cells are what every round measures.
func cells(ms int) []cell {
	call := func(name string, flight, size int) cell {
		return cell{name: name, task: task{Do: "call", Flight: flight, Size: size, Ms: ms}}
	}
	return []cell{
		call("call, 1 in flight", 1, 16),
		call("call, 64 in flight", 64, 16),
		call("call, 1 000 in flight", 1000, 16),
		{name: "event, 64 on their way", task: task{Do: "event", Flight: 64, Size: 16, Ms: ms}},
		call("call with 100 B", 1, 100),
		call("call with 1 KiB", 1, 1<<10),
		call("call with 8 KiB", 1, 8<<10),
		call("call with 64 KiB", 1, 64<<10),
	}
}

// figure is what one cell gave with one peer, a value each round.
type figure struct{ wall, cpu []float64 } // in microseconds

// results are figures by cell and peer.
type results map[string]map[string]*figure

// add measures a cell once with a peer.
func (r results) add(c cell, p *peer) error {
	a, err := p.do(c.task)
	if err != nil {
		return err
	}
	if r[c.name] == nil {
		r[c.name] = map[string]*figure{}
	}
	f := r[c.name][p.name]
	if f == nil {
		f = &figure{}
		r[c.name][p.name] = f
	}
	f.wall = append(f.wall, a.Ns/1000/float64(a.N))
	f.cpu = append(f.cpu, a.CPU/1000/float64(a.N))
	return nil
}

// spread is the median and the ends of some values.
type spread struct{ least, middle, most float64 }

func spreadOf(values []float64) spread {
	s := slices.Sorted(slices.Values(values))
	return spread{s[0], s[len(s)/2], s[len(s)-1]}
}

// ratios divides round by round.
func ratios(a, b []float64) spread {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] / b[i]
	}
	return spreadOf(out)
}

func (s spread) String() string { return fmt.Sprintf("%.2f (%.2f–%.2f)", s.middle, s.least, s.most) }

// table is two tables in Markdown, of time and of processor time.
func (r results) table(peers []*peer) string {
	var b strings.Builder
	wall := func(f *figure) []float64 { return f.wall }
	cpu := func(f *figure) []float64 { return f.cpu }
	b.WriteString("\nMicroseconds from the begin of an operation to its end, divided by the number of\noperations; behind it the ratio to wampgen, its median and its least and most.\n\n")
	r.rows(&b, peers, wall)
	b.WriteString("\nMicroseconds of the processor that the client's process takes for an operation, both\nends of it. The router is not in it.\n\n")
	r.rows(&b, peers, cpu)
	return b.String()
}

func (r results) rows(b *strings.Builder, peers []*peer, of func(*figure) []float64) {
	header(b, peers)
	for _, c := range cells(0) {
		base := of(r[c.name]["wampgen"])
		fmt.Fprintf(b, "| %s |", c.name)
		for _, p := range peers {
			values := of(r[c.name][p.name])
			fmt.Fprintf(b, " %s |", entry(p.name, values, base))
		}
		b.WriteString("\n")
	}
}

// header begins a table with a column for each peer.
func header(b *strings.Builder, peers []*peer) {
	b.WriteString("| |")
	for _, p := range peers {
		b.WriteString(" " + p.name + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(peers)) + "\n")
}

// entry is the median of a peer, and its ratio to wampgen.
func entry(name string, values, base []float64) string {
	middle := number(spreadOf(values).middle)
	if name == "wampgen" {
		return middle
	}
	return middle + ", " + ratios(values, base).String()
}

// number prints three digits.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
