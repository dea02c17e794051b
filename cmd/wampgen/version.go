package main

import (
	"errors"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
)

func versionVerb() *verb {
	return &verb{
		name: "version", short: "print the version, and what it was built with", example: "wampgen version",
		prepare: func(c *command, _ *flag.FlagSet) func() int { return c.version },
	}
}

// version prints the module's version, and what it was built with.
func (c *command) version() int {
	if len(c.args) > 0 {
		return c.fail(errors.New("version takes no arguments"))
	}
	module := "(unknown)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		module = info.Main.Version
	}
	fmt.Fprintf(c.stdout, "wampgen %s, schema language 1, %s\n", module, runtime.Version())
	return exitFine
}
