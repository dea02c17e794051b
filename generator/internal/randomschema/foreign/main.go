// Command foreign generates code from many random schemas, in one module, and
// proves all of it at once:
//
//	go run . [-n 500] [-seed 1] [-keep folder]
//
// The code compiles, go vet and staticcheck find nothing, and values of every
// type survive our three formats, and the way through encoding/json,
// fxamacker/cbor and vmihailenco/msgpack and back; see package check. It prints
// how many schemas each construct of the language is in, and fails if one is in
// too few.
//
// It is a module of its own, so that the foreign libraries are in no user's
// go.sum.
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/generator/internal/randomschema"
	"github.com/wampgen/wampgen/schema"
)

func main() {
	log.SetFlags(0)
	n := flag.Int("n", 500, "so many schemas")
	seed := flag.Uint64("seed", rand.Uint64(), "the `seed` of the first")
	keep := flag.String("keep", "", "write the module into this `folder` and leave it there")
	flag.Parse()
	dir := *keep
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "wampgen-random"); err != nil {
			log.Fatal(err)
		}
	}
	err := prove(dir, *n, *seed)
	if *keep == "" {
		_ = os.RemoveAll(dir)
	}
	if err != nil {
		log.Fatalf("seed %d: %v", *seed, err)
	}
}

// prove does everything in dir.
func prove(dir string, n int, seed uint64) error {
	fmt.Printf("seed %d\n", seed)
	b, err := newBatch(dir)
	if err != nil {
		return err
	}
	if err := b.write(n, seed); err != nil {
		return err
	}
	if err := b.covered(); err != nil {
		return err
	}
	for _, step := range [][]string{
		{"go", "build", "./..."}, {"go", "vet", "./..."}, {"staticcheck", "./..."}, {"go", "run", "."},
	} {
		cmd := exec.Command(step[0], step[1:]...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(step, " "), err)
		}
	}
	return nil
}

// batch is a module with the code of many schemas.
type batch struct {
	dir      string
	packages []string
	rejected int
	covers   map[string]int // schemas by construct
}

// write writes the code of n schemas, and the program that uses all of it.
func (b *batch) write(n int, seed uint64) error {
	author := randomschema.New(seed)
	for len(b.packages) < n {
		s, used := author.Schema()
		m, found := schema.Load("random.wamp.yaml", []byte(s.Text), s.Read)
		if m == nil {
			for _, d := range found { // what an author can hardly avoid by chance
				if d.Rule != schema.RuleTypeCycle {
					return fmt.Errorf("%s\n%s", d.Error(), s)
				}
			}
			b.rejected++
			continue
		}
		for _, name := range used {
			b.covers[name]++
		}
		if err := b.add(m, s.String()); err != nil {
			return fmt.Errorf("%w\n%s", err, s)
		}
	}
	return b.program()
}

// add writes a schema, its code, and what shows its types to package check.
func (b *batch) add(m *schema.Model, text string) error {
	name := fmt.Sprintf("s%04d", len(b.packages))
	b.packages = append(b.packages, name)
	randomschema.Exemplify(m)
	files, err := golang.Generate(m, golang.Options{})
	if err != nil {
		return err
	}
	index, err := registration(name, files)
	if err != nil {
		return err
	}
	contents := map[string][]byte{"random.txt": []byte(text), "registration.go": index}
	for _, f := range files {
		contents[f.Name] = f.Data
	}
	for file, data := range contents {
		if err := b.put(filepath.Join(name, file), data); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) put(name string, data []byte) error {
	path := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

// covered prints the constructs with the fewest schemas first.
func (b *batch) covered() error {
	names := randomschema.Constructs()
	slices.SortStableFunc(names, func(x, y string) int { return b.covers[x] - b.covers[y] })
	fmt.Printf("%d schemas accepted, %d refused for a type cycle; schemas by construct:\n", len(b.packages), b.rejected)
	for _, name := range names {
		fmt.Printf("%6d  %s\n", b.covers[name], name)
	}
	// 20 of 500, and at least one of 50.
	if least := len(b.packages) / 25; b.covers[names[0]] < least/2+least%2 || len(b.packages) >= 500 && b.covers[names[0]] < 20 {
		return fmt.Errorf("too few schemas have %q", names[0])
	}
	return nil
}
