package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// The lines of performance.md around what is written into it.
const from, to = "<!-- make bench-peers writes from here -->\n", "<!-- to here -->\n"

// publish writes the tables into performance.md and the plot beside it.
func publish(dir, text, plot string) error {
	path := filepath.Join(dir, "performance.md")
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(page), from)
	_, after, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no lines %q and %q", path, from, to)
	}
	if err := os.WriteFile(path, []byte(before+from+"\n"+text+"\n"+to+after), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "performance.svg"), []byte(plot), 0o644)
}

// colors are those of the peers.
var colors = map[string]string{"nexus": "#4a7ba6", "autobahn-js": "#c98b2f", "autobahn-python": "#7a9a4e"}

// The measures of the plot, in pixels.
const left, width, row, gap, top = 190, 500, 14, 12, 56

// plot draws how much longer the others take than wampgen, on a logarithmic scale.
func (r results) plot(peers []*peer) string {
	most := 2.0
	for _, c := range cells(0) {
		for _, p := range peers {
			most = max(most, ratios(r[c.name][p.name].wall, r[c.name]["wampgen"].wall).most)
		}
	}
	const least = 0.25
	x := func(v float64) float64 {
		return left + width*(math.Log(max(v, least))-math.Log(least))/(math.Log(most)-math.Log(least))
	}
	var b strings.Builder
	y := top
	for _, c := range cells(0) {
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left-8, y+row*(len(peers)-1)/2+4, c.name)
		for _, p := range peers {
			if p.name == "wampgen" {
				continue
			}
			s := ratios(r[c.name][p.name].wall, r[c.name]["wampgen"].wall)
			fmt.Fprintf(&b, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n",
				min(x(1), x(s.middle)), y, math.Abs(x(s.middle)-x(1)), row-3, colors[p.name])
			fmt.Fprintf(&b, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#222\"/>\n", x(s.least), float64(y)+(row-3)/2.0, x(s.most))
			y += row
		}
		y += gap
	}
	var head strings.Builder
	fmt.Fprintf(&head, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">\n", left+width+30, y+10)
	fmt.Fprintf(&head, "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n<text x=\"%d\" y=\"16\">times as long as wampgen takes, least and most of the rounds as a line; less than 1 is faster</text>\n", 12)
	at := 12
	for _, p := range peers {
		if p.name != "wampgen" {
			fmt.Fprintf(&head, "<rect x=\"%d\" y=\"26\" width=\"10\" height=\"10\" fill=\"%s\"/><text x=\"%d\" y=\"35\">%s</text>\n", at, colors[p.name], at+14, p.name)
			at += 130
		}
	}
	for v := least; v <= most; v *= 2 {
		fmt.Fprintf(&head, "<path d=\"M%.1f %dV%d\" stroke=\"%s\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g</text>\n",
			x(v), top-4, y-gap, map[bool]string{true: "#888", false: "#ddd"}[v == 1], x(v), top-8, v)
	}
	return head.String() + b.String() + "</svg>\n"
}
