package main

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"testing"

	"github.com/wampgen/wampgen/examples/rollout/rolling"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// TestMain lets this test binary be the processes of the example.
func TestMain(m *testing.M) {
	if router.ServeFromEnv() || rolling.ServeFromEnv() {
		return
	}
	os.Exit(m.Run())
}

// The table of a short rollout, or of the whole one with WAMPGEN_FULL: run fails
// if a call failed that must not, and every row has calls. None is sent twice while
// callees are replaced; how many are late depends on the machine. A router that dies
// once may do so while no idempotent call is under way, to be sent again.
func TestOutput(t *testing.T) {
	plan, again := rolling.Plan{Replacements: 4, Restarts: 1}, `\d+`
	if os.Getenv("WAMPGEN_FULL") != "" {
		plan, again = rolling.Plan{Replacements: 20, Restarts: 5}, `[1-9]\d*`
	}
	var got bytes.Buffer
	err := run(&got, plan)
	t.Logf("\n%s", got.Bytes())
	if errors.Is(err, rolling.ErrSlowRouter) {
		t.Skip(err) // the machine is busy
	}
	if err != nil {
		t.Fatal(err)
	}
	took := `\d[\d.]*[µm]?s *`
	for _, line := range []string{
		`callees replaced +idempotent +[1-9]\d* +0 +\d+ +0 +` + took + took,
		`callees replaced +other +[1-9]\d* +0 +\d+ +0 +` + took + took,
		`router restarted +idempotent +[1-9]\d* +0 +\d+ +` + again + ` +` + took + took,
		`router restarted +other +[1-9]\d* +\d+ +\d+ +\d+ +` + took + took,
	} {
		if !regexp.MustCompile(line).MatchString(got.String()) {
			t.Errorf("no line is like %s", line)
		}
	}
}
