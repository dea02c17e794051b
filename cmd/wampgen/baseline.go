package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
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
	// gone returns the paths of schemas that it has where these files are, or below
	// these folders, and that are not there any more.
	gone(files, roots []string) ([]string, error)
}

// openBaseline returns the version that the flag -against names. What is named and
// not there is an error: nothing would be found in it.
func openBaseline(against string) (base baseline, err error) {
	if ref, ok := strings.CutPrefix(against, "git:"); ok {
		base, err = openCommit(ref)
	} else {
		base, err = openPath(against)
	}
	if err != nil {
		return nil, fmt.Errorf("--against %s: %w", against, err)
	}
	return base, nil
}

// openPath returns a file or a folder.
func openPath(name string) (baseline, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return newTreeBaseline(diskTree(name))
	}
	return fileBaseline(name), nil
}

// fileBaseline is one file, with which one schema is compared.
type fileBaseline string

func (f fileBaseline) read(_, file string) (string, []byte, error) {
	name := diag.Beside(string(f), file)
	src, err := read(name)
	return name, src, err
}

func (f fileBaseline) gone(_, _ []string) ([]string, error) { return nil, nil }

// isFile reports whether a baseline is one file.
func isFile(b baseline) bool {
	switch b.(type) {
	case fileBaseline, gitFile:
		return true
	}
	return false
}

func isNoSchema(name string) bool { return !strings.HasSuffix(name, schemaSuffix) }

// openCommit returns what REF or REF:path means to git.
func openCommit(text string) (baseline, error) {
	ref, name, _ := strings.Cut(text, ":")
	if ref == "" || strings.HasPrefix(ref, "-") {
		return nil, errors.New("git: must be followed by a commit, a branch or a tag")
	}
	_, err := git(".", "rev-parse", "--verify", "--quiet", ref+"^{commit}")
	if errors.Is(err, exec.ErrNotFound) {
		return nil, err
	}
	prefix, outside := git(".", "rev-parse", "--show-prefix")
	switch {
	case outside != nil:
		return nil, errors.New("this folder is in no git repository; commit the schema to one, or name a file or a folder to compare with")
	case err != nil:
		return nil, fmt.Errorf("git has no commit %q here", ref)
	case name == "":
		return commitBaseline(ref), nil
	}
	at := path.Clean(name)
	if first, _, _ := strings.Cut(name, "/"); first == "." || first == ".." {
		at = path.Join(strings.TrimSpace(string(prefix)), name)
	}
	if at == "." {
		at = "" // the top, for git
	}
	switch kind, _ := git(".", "cat-file", "-t", ref+":"+at); strings.TrimSpace(string(kind)) {
	case "blob":
		return gitFile{ref, at}, nil
	case "tree":
		return newTreeBaseline(gitTree{ref, at})
	}
	return nil, fmt.Errorf("there is no %s in %s; a path begins at the top of the repository, or with ./", name, ref)
}

// commitBaseline is a commit, with the same paths.
type commitBaseline string

func (c commitBaseline) read(schema, file string) (string, []byte, error) {
	dir, name := filepath.Split(filepath.Clean(schema))
	name = cmp.Or(file, name)
	for dir = filepath.Clean(dir); !exists(dir); dir = filepath.Dir(dir) { // git needs one that is there
		name = filepath.Join(filepath.Base(dir), name)
	}
	object := string(c) + ":./" + filepath.ToSlash(name)
	src, err := blob(dir, object)
	return object, src, err
}

func (c commitBaseline) gone(files, roots []string) (gone []string, err error) {
	seen := map[string]bool{}
	look := func(dir string, more ...string) {
		if err != nil || seen[dir] {
			return
		}
		var names []string
		seen[dir] = true
		names, err = c.list(dir, more...)
		for _, name := range names {
			if name = filepath.Join(dir, name); !exists(name) && !slices.Contains(gone, name) {
				gone = append(gone, name)
			}
		}
	}
	for _, root := range roots {
		look(root, "-r")
	}
	for _, f := range files {
		look(filepath.Dir(f))
	}
	return gone, err
}

// list returns the paths of schemas in a folder, or with -r below it.
func (c commitBaseline) list(dir string, more ...string) ([]string, error) {
	out, err := git(dir, slices.Concat([]string{"ls-tree"}, more, []string{"-z", "--name-only", string(c), "./"})...)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(strings.Split(string(out), "\x00"), isNoneOfTree), nil
}

// gitFile is one file of a commit, by its path from the top of the repository.
type gitFile struct{ ref, path string }

func (f gitFile) read(_, file string) (string, []byte, error) {
	name := f.path
	if file != "" {
		name = path.Join(path.Dir(f.path), filepath.ToSlash(file))
	}
	object := f.ref + ":" + name
	src, err := blob(".", object)
	return object, src, err
}

func (f gitFile) gone(_, _ []string) ([]string, error) { return nil, nil }

// blob returns an object of git, nil if there is none.
func blob(dir, object string) ([]byte, error) {
	if _, err := git(dir, "cat-file", "-e", object); err != nil {
		return nil, nil //nolint:nilerr // there is none
	}
	src, err := git(dir, "cat-file", "blob", object)
	if len(src) >= most {
		return nil, fmt.Errorf("%s is too large", object)
	}
	return src, err
}

// git runs git in a folder and returns what it prints.
func git(dir string, args ...string) ([]byte, error) {
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
