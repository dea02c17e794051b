package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
)

// baseline is another version of schemas.
type baseline interface {
	// read returns the other version of a schema file, or of one that it includes or
	// imports by the path file, and what to call it; nil if there is none. The file
	// of the schema is "".
	read(path, file string) (name string, src []byte, err error)
	// list returns the names of the schemas in a folder.
	list(dir string) ([]string, error)
}

// openBaseline returns the version that the flag -against names.
func openBaseline(against string) (baseline, error) {
	if ref, ok := strings.CutPrefix(against, "git:"); ok {
		ref, path, _ := strings.Cut(ref, ":")
		if ref == "" || strings.HasPrefix(ref, "-") {
			return nil, fmt.Errorf("--against %s: git: must be followed by a commit, a branch or a tag", against)
		}
		g := gitBaseline{ref, path}
		_, err := g.git(".", "rev-parse", "--verify", "--quiet", ref+"^{commit}")
		if errors.Is(err, exec.ErrNotFound) {
			return nil, fmt.Errorf("--against %s: %w", against, err)
		} else if _, outside := g.git(".", "rev-parse", "--git-dir"); outside != nil {
			return nil, fmt.Errorf("--against %s: this folder is in no git repository; commit the schema to one, or name a file or a folder to compare with", against)
		} else if err != nil {
			return nil, fmt.Errorf("--against %s: git has no commit %q here", against, ref)
		}
		return g, nil
	}
	info, err := os.Stat(against)
	switch {
	case err != nil:
		return nil, fmt.Errorf("--against: %w", err)
	case info.IsDir():
		return dirBaseline(against), nil
	}
	return fileBaseline(against), nil
}

// fileBaseline is one file, with which every schema is compared.
type fileBaseline string

func (f fileBaseline) read(_, file string) (string, []byte, error) {
	name := diag.Beside(string(f), file)
	src, err := read(name)
	return name, src, err
}

func (f fileBaseline) list(string) ([]string, error) { return nil, nil }

// dirBaseline is a folder with schemas of the same names.
type dirBaseline string

func (d dirBaseline) read(path, file string) (string, []byte, error) {
	for _, file := range []string{file, filepath.Base(file)} { // an import may be of another folder
		name := filepath.Join(string(d), cmp.Or(file, filepath.Base(path)))
		src, err := read(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return name, src, err
		}
	}
	return "", nil, nil
}

func (d dirBaseline) list(string) ([]string, error) {
	entries, err := os.ReadDir(string(d))
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return slices.DeleteFunc(names, isNoSchema), err
}

func isNoSchema(name string) bool { return !strings.HasSuffix(name, schemaSuffix) }

// gitBaseline is a commit. path is the file or the folder in it, from the top
// of the repository; "" means the same one.
type gitBaseline struct{ ref, path string }

func (g gitBaseline) read(schema, file string) (string, []byte, error) {
	dir := filepath.Dir(schema)
	object := g.ref + ":./" + cmp.Or(filepath.ToSlash(file), filepath.Base(schema))
	switch {
	case isNoSchema(g.path) && g.path != "":
		object = g.ref + ":" + path.Join(g.path, cmp.Or(filepath.ToSlash(file), filepath.Base(schema)))
	case g.path != "":
		object = g.ref + ":" + filepath.ToSlash(diag.Beside(g.path, file))
	}
	if !g.has(dir, object) {
		return "", nil, nil
	}
	src, err := g.git(dir, "cat-file", "blob", object)
	if len(src) >= most {
		return "", nil, fmt.Errorf("%s is too large", object)
	}
	return object, src, err
}

// has reports whether a file is in the commit.
func (g gitBaseline) has(dir, object string) bool {
	_, err := g.git(dir, "cat-file", "-e", object)
	return err == nil
}

func (g gitBaseline) list(dir string) ([]string, error) {
	if g.path != "" {
		return nil, nil
	}
	out, err := g.git(dir, "ls-tree", "-z", "--name-only", g.ref, "./")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(strings.Split(string(out), "\x00"), isNoSchema), nil
}

// git runs git in a folder and returns what it prints.
func (g gitBaseline) git(dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(context.Background(), "git", append([]string{"-C", dir}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && stderr.Len() > 0 {
		err = fmt.Errorf("git %s: %w: %s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
