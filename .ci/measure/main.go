// Command measure compares what this tree generates, and what that costs, with an
// older commit, both in one run:
//
//	go run ./.ci/measure [-against 9c71af6] [-n 200] [-rounds 5]
//
// It measures lines, the CPU time of go build and of wampgen, the memory of
// wampgen, also for 10 000 procedures and 10 000 types, what a binary grows by, and how fast keys in any order are decoded. It
// also compares the codec with others. It prints each figure beside its bar, and
// exits with 1 if one is missed. Times are the least of the rounds.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	against := flag.String("against", "9c71af6", "the `commit` to compare with")
	n := flag.Int("n", 200, "so many procedures and as many types to compile")
	rounds := flag.Int("rounds", 5, "so many measurements of each time")
	flag.Parse()
	temp, err := os.MkdirTemp("", "wampgen-measure")
	if err != nil {
		log.Fatal(err)
	}
	missed, err := measure(temp, *against, *n, *rounds)
	_ = os.RemoveAll(temp)
	_ = exec.Command("git", "worktree", "prune").Run()
	switch {
	case err != nil:
		log.Fatal(err)
	case missed > 0:
		log.Fatalf("%d figures miss their bar", missed)
	}
}

// measure does everything in temp and returns how many figures miss their bar.
func measure(temp, against string, n, rounds int) (missed int, err error) {
	root, err := filepath.Abs(".")
	if err != nil {
		return 0, err
	}
	before := filepath.Join(temp, "before")
	if _, err := run(root, "git", "worktree", "add", "--detach", before, against); err != nil {
		return 0, err
	}
	old, err := newTree("before", before, temp)
	if err != nil {
		return 0, err
	}
	now, err := newTree("now", root, temp)
	if err != nil {
		return 0, err
	}
	var t table
	fmt.Printf("%-52s %12s %12s %8s %8s\n", "", against, "now", "ratio", "bar")
	for _, step := range []func(t *table, old, now *tree, n, rounds int) error{lines, compiling, growth, generating, scaling, decoding, peers} {
		if err := step(&t, old, now, n, rounds); err != nil {
			return 0, err
		}
	}
	return t.missed, nil
}

// table prints figures.
type table struct{ missed int }

// ratio prints two figures, of which the second is at most bar times the first.
func (t *table) ratio(what, unit string, old, now, bar float64) {
	t.row(what, unit, old, now, fmt.Sprintf("%.2f", now/old), fmt.Sprintf("%.2f", bar), now > bar*old)
}

// most prints two figures, of which the second is at most bar.
func (t *table) most(what, unit string, old, now, bar float64) {
	t.row(what, unit, old, now, fmt.Sprintf("%.2f", now/old), fmt.Sprintf("%.0f%s", bar, unit), now > bar)
}

func (t *table) row(what, unit string, old, now float64, ratio, bar string, missed bool) {
	mark := ""
	if missed {
		t.missed++
		mark = "  MISSED"
	}
	fmt.Printf("%-52s %10.2f%-2s %10.2f%-2s %8s %8s%s\n", what, old, unit, now, unit, ratio, bar, mark)
}

// schema is a schema of so many types of ten fields and so many procedures with two
// arguments, two keywords and a list for a result.
func schema(types, procedures int) string {
	var b strings.Builder
	b.WriteString("wampgen: 1\napi: {name: big, uri: com.example.big, go: {package: big}}\ntypes:\n")
	for i := range types {
		fmt.Fprintf(&b, `  T%d:
    fields:
      id: int64
      name: string
      tags: list<string>
      next: optional T%d
      when: time
      ratio: float64
      active: bool
      note: optional string
      count: uint32 = 1
      key: uuid
`, i, max(i-1, 0))
	}
	b.WriteString("procedures:\n")
	for i := range procedures {
		fmt.Fprintf(&b, `  do%d:
    args: [a: T%d, b: string]
    kwargs: {c: optional int, d: bool = false}
    returns: list<T%d>
`, i, i%types, i%types)
	}
	return b.String()
}

// program uses every procedure, so that the linker leaves none out; or none.
func program(procedures int) string {
	if procedures == 0 {
		return "package main\n\nimport wamp \"github.com/wampgen/wampgen/runtime\"\n\n" +
			"func main() { _, _ = wamp.Connect(nil, \"\", \"\") }\n"
	}
	var b strings.Builder
	b.WriteString(`package main

import (
	wamp "github.com/wampgen/wampgen/runtime"
	"measure/big"
)

type callee struct{ big.Callee }

func main() {
	c, _ := wamp.Connect(nil, "", "")
	_, _ = big.Register(nil, c, callee{})
	caller := big.NewCaller(c)
`)
	for i := range procedures {
		fmt.Fprintf(&b, "\t_, _ = caller.Do%d(nil, big.Do%dArgs{})\n", i, i)
	}
	b.WriteString("}\n")
	return b.String()
}

// run runs a command in dir and returns what it prints.
func run(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out), nil
}
