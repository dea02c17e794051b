package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// version prints the module's version, and what it was built with.
func version(v *verb, args []string, stdout, stderr io.Writer) int {
	rest, code, ok := parse(v.flags(stderr), args, stdout)
	if !ok {
		return code
	}
	if len(rest) > 0 {
		fmt.Fprintln(stderr, "wampgen: version takes no arguments")
		return exitFailed
	}
	module := "(unknown)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		module = info.Main.Version
	}
	fmt.Fprintf(stdout, "wampgen %s, schema language 1, %s\n", module, runtime.Version())
	return exitFine
}
