package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// edit is a line of both texts (' '), of the old one ('-') or of the new one ('+').
type edit struct {
	kind byte
	line string
}

// unified returns what makes an old text a new one, as diff -u prints it; nothing if
// they are the same. A library for it would be a line in the go.mod of every user.
func unified(oldName string, before []byte, newName string, after []byte) []byte {
	if bytes.Equal(before, after) {
		return nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "diff %s %s\n--- %s\n+++ %s\n", oldName, newName, oldName, newName)
	all := edits(slices.Collect(strings.Lines(string(before))), slices.Collect(strings.Lines(string(after))))
	show := near(all)
	for i, oldLine, newLine := 0, 0, 0; i < len(all); {
		end := i + 1
		for end < len(all) && show[end] == show[i] {
			end++
		}
		hunk := all[i:end]
		inOld, inNew := sizes(hunk)
		if show[i] {
			fmt.Fprintf(&b, "@@ -%s +%s @@\n", span(oldLine, inOld), span(newLine, inNew))
			for _, e := range hunk {
				b.WriteByte(e.kind)
				b.WriteString(e.line)
				if !strings.HasSuffix(e.line, "\n") {
					b.WriteString("\n\\ No newline at end of file\n")
				}
			}
		}
		i, oldLine, newLine = end, oldLine+inOld, newLine+inNew
	}
	return b.Bytes()
}

// near reports of each edit whether it is a change or up to three lines from one.
func near(all []edit) []bool {
	const around = 3
	show := make([]bool, len(all))
	for i, e := range all {
		if e.kind != ' ' {
			for k := max(0, i-around); k < min(len(all), i+around+1); k++ {
				show[k] = true
			}
		}
	}
	return show
}

// sizes returns how many lines of either text edits have.
func sizes(all []edit) (inOld, inNew int) {
	for _, e := range all {
		if e.kind != '+' {
			inOld++
		}
		if e.kind != '-' {
			inNew++
		}
	}
	return inOld, inNew
}

// span is a number of lines behind the first ones.
func span(before, lines int) string {
	switch lines {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, lines)
}

// edits returns what makes a of the lines b. What it keeps begins with lines that
// are in both once, so that it takes n log n steps.
func edits(a, b []string) (all []edit) {
	i, j := 0, 0
	for _, at := range append(anchors(a, b), [2]int{len(a), len(b)}) {
		for ; i < at[0] && j < at[1] && a[i] == b[j]; i, j = i+1, j+1 {
			all = append(all, edit{' ', a[i]})
		}
		same := 0 // before the anchor
		for at[0]-same > i && at[1]-same > j && a[at[0]-same-1] == b[at[1]-same-1] {
			same++
		}
		for ; i < at[0]-same; i++ {
			all = append(all, edit{'-', a[i]})
		}
		for ; j < at[1]-same; j++ {
			all = append(all, edit{'+', b[j]})
		}
		for ; i < at[0]; i, j = i+1, j+1 {
			all = append(all, edit{' ', a[i]})
		}
	}
	return all
}

// anchors are the places of lines that are once in a and once in b: the most of them
// that are in the same order in both.
func anchors(a, b []string) (longest [][2]int) {
	inA, inB := places(a), places(b)
	var tails, before []int // by length, and of each pair: the last pair of a run
	var pairs [][2]int
	for i, line := range a {
		x, y := inA[line], inB[line]
		if len(x) != 1 || len(y) != 1 {
			continue
		}
		n, _ := slices.BinarySearchFunc(tails, y[0], func(pair, to int) int { return pairs[pair][1] - to })
		last := -1
		if n > 0 {
			last = tails[n-1]
		}
		pairs, before = append(pairs, [2]int{i, y[0]}), append(before, last)
		if n == len(tails) {
			tails = append(tails, 0)
		}
		tails[n] = len(pairs) - 1
	}
	if len(tails) == 0 {
		return nil
	}
	for pair := tails[len(tails)-1]; pair >= 0; pair = before[pair] {
		longest = append(longest, pairs[pair])
	}
	slices.Reverse(longest)
	return longest
}

// places returns where lines are.
func places(lines []string) map[string][]int {
	at := make(map[string][]int, len(lines))
	for i, line := range lines {
		at[line] = append(at[line], i)
	}
	return at
}
