package main

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// screen is an output that is read while it is written.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// next returns what was written since the last time.
func (s *screen) next() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.text.String()
	s.text.Reset()
	return text
}

// TestWatch: code is generated at once and once more after each change, with one
// line for each run.
func TestWatch(t *testing.T) {
	folder(t, map[string]string{"shop.wamp.yaml": shopSchema})
	synctest.Test(t, func(t *testing.T) {
		var stdout, stderr screen
		ctx, cancel := context.WithCancel(t.Context())
		g := newGeneration(&command{stdout: &stdout, stderr: &stderr, format: "text"})
		ended := make(chan int)
		go func() { ended <- g.watch(ctx) }()
		wantLine := func(what, want string) {
			t.Helper()
			time.Sleep(10 * pollEvery)
			synctest.Wait()
			if got := stdout.next(); strings.Count(got, "\n") != strings.Count(want, "\n") || !strings.HasSuffix(got, want) {
				t.Errorf("%s: got %q, want %q", what, got, want)
			}
		}

		wantLine("at first", " changed\n")
		wantFiles(t, ".", made)
		wantLine("nothing new", "")

		save(t, "shop.wamp.yaml", strings.Replace(shopSchema, "Sku: {", "Skuu: {", 1))
		wantLine("a mistake", " nothing written, errors: 2\n")
		if got := stderr.next(); !strings.Contains(got, `unknown type "Sku"`) {
			t.Errorf("stderr: %q", got)
		}
		save(t, "shop.wamp.yaml", shopSchema+"# the end\n")
		wantLine("the cure", " 0 files changed\n")

		for i := range 5 {
			save(t, "shop.wamp.yaml", strings.Replace(shopSchema, "returns: int", "returns: string", 1)+strings.Repeat("#", i+1)+"\n")
			time.Sleep(pollEvery)
			synctest.Wait() // no change while it looks
		}
		wantLine("many changes in a row", " changed\n")

		save(t, "shop.wamp.yaml", shopSchema+"include: [more/more.wamp.yaml]\n")
		wantLine("a fragment that is missing", " nothing written, errors: 1\n")
		save(t, "more/more.wamp.yaml", "wampgen: 1\nprocedures: {more: {returns: strin}}\n")
		wantLine("a fragment with a mistake", " nothing written, errors: 1\n")
		save(t, "more/more.wamp.yaml", "wampgen: 1\nprocedures: {more: {returns: string}}\n")
		wantLine("a change of a fragment", " changed\n")

		save(t, "shop.wamp.yaml", shopSchema)
		wantLine("no fragment any more", " changed\n")
		save(t, "more/more.wamp.yaml", "wampgen: 1\n")
		wantLine("a fragment of nothing", "")

		if err := os.Remove("shop.wamp.yaml"); err != nil {
			t.Fatal(err)
		}
		wantLine("no schema", " 0 files changed\n")
		cancel()
		if code := <-ended; code != exitFine {
			t.Errorf("exit code %d", code)
		}
	})
}
