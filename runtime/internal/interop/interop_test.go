// Package interop proves the client with software that nobody here wrote: routers
// (nexus, Crossbar.io with and without proxies, fox-wamp) and clients in other
// languages (autobahn-js, wampy, autobahn-python, xconn-python, autobahn-java,
// wamp_async, the client of nexus), which call our callees, serve our callers, and
// publish and subscribe in both directions; and a browser.
//
// make interop installs what it needs and runs all of it; what is not installed is
// left out. docs/interop.md shows the last run.
package interop

import (
	"flag"
	"fmt"
	"os"
	"testing"

	nexus "github.com/wampgen/wampgen/runtime/wamptest/router"
)

var tablePath = flag.String("table", "", "the file to write the table of cells to")

// realm is where everybody meets.
const realm = "realm1"

func TestMain(m *testing.M) {
	if nexus.ServeFromEnv() {
		return
	}
	flag.Parse()
	code := m.Run()
	if err := stopRouters(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}
