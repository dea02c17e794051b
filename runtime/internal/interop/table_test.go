package interop

import (
	"fmt"
	"os"
	"strings"
)

const tableHead = `# Interoperability

The client with routers and clients that others wrote. ` + "`make interop`" + `
installs them from their registries, runs every cell and writes this page:
nexus v3.3.0, Crossbar.io 26.10.1 as one router worker and as a router worker
for each realm behind two proxy workers, fox-wamp 0.7.28; autobahn-js 22.11.1,
wampy 8.0.2, autobahn-python 26.10.2 on asyncio and on Twisted, xconn-python 0.5.1,
autobahn-java 20.6.1, wamp_async 0.3.1 (Rust), the client of nexus v3.3.0. A browser
tries out the page of ` + "`wampgen docs --try`" + ` at a router of ours and at
Crossbar.io, in the same run.

In each cell both sides do the following, in both directions where there are two:
%s.

The cells cover all pairs: any two of router, transport, format, login and library
that can be combined are in one of them. Everything of the list is done with every
router, every library and every pair of formats with which it is possible. Values are numbers up to
2^53 - 1, texts in several scripts, null, and lists and dicts within each other, by
position, by name and both; 64-bit integers are those up to 2^63 - 1. Chunks are
progressive invocations, and the batched ws is WebSocket with several messages to a
frame.

| Router | Ours | Theirs | | Not possible |
|---|---|---|---|---|
`

const tableFoot = `
## What is not possible

| What | Why | Cells |
|---|---|---|
`

// table is the page.
func table(outcomes []outcome) string {
	var names []string
	for _, e := range exercises {
		names = append(names, e.name)
	}
	var b strings.Builder
	half := len(names) / 2
	fmt.Fprintf(&b, tableHead, strings.Join(names[:half], ", ")+",\n"+strings.Join(names[half:], ", "))
	for len(outcomes) > 0 {
		n := 1
		for n < len(outcomes) && outcomes[n].cell == outcomes[0].cell {
			n++
		}
		b.WriteString(tableRow(outcomes[:n]))
		outcomes = outcomes[n:]
	}
	return b.String()
}

// tableRow is one cell: green if everything that can be had went well.
func tableRow(cell []outcome) string {
	color := "green"
	var without []string
	for _, o := range cell {
		if o.err != nil {
			color = "red"
			without = append(without, fmt.Sprintf("**%s**: %v", o.exercise, o.err))
		}
		if o.absent != nil {
			color = "not here"
			without = append(without, o.absent.Error())
		}
		if o.limit != "" {
			without = append(without, o.exercise)
		}
	}
	c := cell[0].cell
	ours := c.transport + ", " + c.format + ", " + c.login
	theirs := c.library + ", " + c.peerTransport + ", " + c.peerFormat
	text := strings.NewReplacer("|", `\|`, "\n", " ").Replace(strings.Join(without, ", "))
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", c.router, ours, theirs, color, text)
}

// reasons lists the limits with the number of cells that they hold in.
func reasons(outcomes []outcome) string {
	cells := map[string]int{}
	for _, o := range outcomes {
		cells[o.limit]++
	}
	var b strings.Builder
	for _, l := range limits {
		what := l.exercise
		if what == "" {
			what = "everything"
		}
		count := fmt.Sprint(cells[l.reason])
		if l.exercise == "" {
			count = "" // such cells are not run at all
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", what, l.reason, count)
	}
	return b.String()
}

func writeTable(path string, outcomes []outcome) error {
	page := table(outcomes) + tableFoot + reasons(outcomes)
	return os.WriteFile(path, []byte(page), 0o644)
}
