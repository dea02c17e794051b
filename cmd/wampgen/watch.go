package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/wampgen/wampgen/schema/config"
	"github.com/wampgen/wampgen/schema/diag"
)

// pollEvery is how often --watch looks at the files. A few calls of stat cost
// less than what it takes to be notified by every operating system.
const pollEvery = 300 * time.Millisecond

// stamp is what changes with a file.
type stamp struct {
	at   time.Time
	size int64
}

// stamps returns the stamps of all files that a run reads.
func (g *generation) stamps() map[string]stamp {
	all := map[string]stamp{}
	for _, path := range slices.Concat(namedFiles(g.args).files, []string{config.File}, slices.Collect(maps.Keys(g.sources))) {
		if info, err := os.Stat(path); err == nil {
			all[path] = stamp{info.ModTime(), info.Size()}
		}
	}
	return all
}

// watch generates now and after every change, until ctx ends. Editors write a
// file in several steps, so it waits until nothing has changed for a moment.
func (g *generation) watch(ctx context.Context) int {
	ticks := time.NewTicker(pollEvery)
	defer ticks.Stop()
	done := g.next()
	for seen := done; ; {
		select {
		case <-ctx.Done():
			return exitFine
		case <-ticks.C:
		}
		now := g.stamps()
		if changed, settled := !maps.Equal(now, done), maps.Equal(now, seen); changed && settled {
			done = g.next()
			now = g.stamps()
		}
		seen = now
	}
}

// next generates once more and returns the stamps of what it read: what changed
// meanwhile has the one that it had before.
func (g *generation) next() map[string]stamp {
	before := g.stamps()
	g.again()
	done := g.stamps()
	for path, s := range before {
		_, there := done[path]
		if _, used := g.sources[path]; there || used {
			done[path] = s
		}
	}
	return done
}

// again generates once and says in one line, below the findings, what came of
// it.
func (g *generation) again() {
	c := *g.command
	c.quiet = true
	once := *g
	once.command = &c
	result := "failed"
	code := once.run()
	g.sources = once.sources
	switch code {
	case exitFine:
		result = count(once.changed) + " changed"
	case exitFindings:
		errors := 0
		for _, d := range once.found {
			if d.Severity == diag.Error {
				errors++
			}
		}
		result = fmt.Sprintf("nothing written, errors: %d", errors)
	}
	g.say("%s %s", time.Now().Format(time.TimeOnly), result)
}
