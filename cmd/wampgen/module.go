package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// The module of wampgen, and the command in it.
const (
	modulePath = "github.com/wampgen/wampgen"
	toolPath   = modulePath + "/cmd/wampgen"
)

// release is a version that the module proxy has: neither that of a build of a
// checkout, nor a commit.
var release = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-(alpha|beta|rc)[0-9.]*)?$`)

// provenance is where the running wampgen comes from: a version, or a checkout.
type provenance struct{ version, checkout string }

// origin finds out where the running wampgen comes from. A checkout that the
// caller names goes first.
func origin(checkout string) (provenance, error) {
	if checkout != "" {
		dir, err := filepath.Abs(checkout)
		if err == nil && !isCheckout(dir) {
			err = fmt.Errorf("-replace: %s is no checkout of %s", checkout, modulePath)
		}
		return provenance{checkout: dir}, err
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	if r := info.Main.Replace; r != nil && isCheckout(r.Path) {
		return provenance{checkout: r.Path}, nil
	}
	// The place of this file is in the binary, unless it was built with -trimpath.
	// The module cache holds what the proxy has: releases, and commits too.
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Dir(filepath.Dir(filepath.Dir(file)))
	switch version := info.Main.Version; {
	case release.MatchString(version), version != "" && strings.HasSuffix(dir, "@"+version):
		return provenance{version: version}, nil
	case isCheckout(dir):
		return provenance{checkout: dir}, nil
	}
	return provenance{}, errors.New("this is a development build of wampgen, and its checkout is gone; name one with  --replace dir")
}

// isCheckout reports whether a folder holds the module of wampgen.
func isCheckout(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	words := strings.Fields(string(text))
	return err == nil && filepath.IsAbs(dir) && len(words) > 1 && words[0] == "module" && words[1] == modulePath
}

// editorSchema is where an editor finds the JSON Schema of the language.
func (p provenance) editorSchema() string {
	at := p.version
	if !release.MatchString(at) {
		at = "main"
	}
	return "https://raw.githubusercontent.com/wampgen/wampgen/" + at + "/schema/wampgen.schema.json"
}

// module is the Go module that a folder is in; its path is "" if there is none.
type module struct {
	// dir is the folder of go.mod, and below the way from there, with slashes.
	path, dir, below string
	// uses reports whether the module has wampgen as a tool, requires whether it
	// has a version of it.
	uses, requires bool
	// workspace is the path of the go.work that counts in the folder, "" for none.
	workspace string
}

// findModule returns the module of this folder.
func findModule(ctx context.Context) (module, error) {
	here, err := os.Getwd()
	if err != nil {
		return module{}, err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		switch {
		case err == nil:
			return readModule(ctx, dir, here)
		case !errors.Is(err, fs.ErrNotExist):
			return module{}, err
		case dir == filepath.Dir(dir):
			workspace, err := findWorkspace(ctx)
			return module{workspace: workspace}, err
		}
	}
}

// findWorkspace returns the path of the go.work that counts in this folder.
func findWorkspace(ctx context.Context) (string, error) {
	out, err := goCommand(ctx, ".", os.Environ(), "env", "GOWORK")
	path := strings.TrimSpace(string(out))
	if path == "off" {
		path = ""
	}
	return path, err
}

// named is a module or a package as the go command prints it.
type named struct{ Path string }

// readModule reads the go.mod in dir.
func readModule(ctx context.Context, dir, here string) (module, error) {
	out, err := goCommand(ctx, dir, outside(), "mod", "edit", "-json")
	if err != nil {
		return module{}, err
	}
	var mod struct {
		Module        named
		Tool, Require []named
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		return module{}, err
	}
	below, err := filepath.Rel(dir, here)
	return module{
		path: mod.Module.Path, dir: dir, below: filepath.ToSlash(below),
		uses: slices.Contains(mod.Tool, named{toolPath}), requires: slices.Contains(mod.Require, named{modulePath}),
	}, err
}

// files are those of the module that use may change.
func (m module) files() (list []string) {
	switch {
	case m.path == "" && m.workspace == "":
		return nil
	case m.path == "":
		return []string{m.workspace}
	}
	return []string{filepath.Join(m.dir, "go.mod"), filepath.Join(m.dir, "go.sum")}
}

// vendored reports whether the module builds with the copies in its folder vendor.
func (m module) vendored() bool {
	return m.path != "" && exists(filepath.Join(m.dir, "vendor", "modules.txt"))
}

// use makes wampgen a tool of the module, which is the folder of the project if its
// path is "", and finds out whether the go command takes the project.
func (m module) use(ctx context.Context, from provenance, name string) error {
	if m.path == modulePath {
		return nil
	}
	project := "./" + path.Join(m.below, name)
	if m.path == "" {
		m.dir, project = name, "."
	}
	if !m.uses {
		// This is what "go get -tool" does, which would ask the proxy for a checkout.
		edit := []string{"mod", "edit", "-tool=" + toolPath}
		switch {
		case m.requires:
		case from.checkout != "":
			edit = append(edit, "-require="+modulePath+"@v0.0.0", "-replace="+modulePath+"="+from.checkout)
		default:
			edit = append(edit, "-require="+modulePath+"@"+from.version)
		}
		if _, err := goCommand(ctx, m.dir, outside(), edit...); err != nil {
			return err
		}
	}
	_, err := goCommand(ctx, m.dir, outside(), "list", "-mod=mod", "-deps", toolPath, modulePath+"/runtime/wamptest", project)
	if err == nil && m.path == "" && m.workspace != "" {
		_, err = goCommand(ctx, m.dir, os.Environ(), "work", "use", ".")
	}
	return err
}

// outside is the environment of a go command for which there is no workspace.
func outside() []string { return append(os.Environ(), "GOWORK=off") }

// goCommand runs the go command in a folder and returns what it prints.
func goCommand(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = env
	out, err := cmd.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(string(failed.Stderr)))
	}
	return out, err
}
