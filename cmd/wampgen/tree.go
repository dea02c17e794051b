package main

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// tree is a folder of another version. Paths in it have slashes.
type tree interface {
	// read returns a file, nil if there is none.
	read(name string) ([]byte, error)
	// schemas returns the paths of all schemas in it, as find does.
	schemas() ([]string, error)
	// title is what to call a file of it.
	title(name string) string
}

// treeBaseline is a tree, which begins at any of the folders that a schema is in: a
// schema is compared with the file that has the longest end of its path.
type treeBaseline struct {
	tree
	all []string // its schemas
}

func newTreeBaseline(t tree) (baseline, error) {
	all, err := t.schemas()
	if err == nil && len(all) == 0 {
		err = errors.New("there is no *" + schemaSuffix + " in it")
	}
	return treeBaseline{t, all}, err
}

// find returns the path in the tree that a schema has, and the folder where the
// tree then begins; "" and "" if there is none.
func (b treeBaseline) find(schema string) (name, top string) {
	whole, err := filepath.Abs(schema)
	if err != nil {
		whole = filepath.Clean(schema)
	}
	parts := strings.Split(filepath.ToSlash(whole), "/")
	for i := range parts {
		name := strings.Join(parts[i:], "/")
		if !slices.Contains(b.all, name) {
			continue
		}
		top = filepath.Dir(schema)
		for range strings.Count(name, "/") {
			top = filepath.Join(top, "..")
		}
		return name, top
	}
	return "", ""
}

func (b treeBaseline) read(schema, file string) (string, []byte, error) {
	name, _ := b.find(schema)
	if name == "" {
		return "", nil, nil
	}
	if file == "" {
		src, err := b.tree.read(name)
		return b.title(name), src, err
	}
	dir, file := path.Dir(name), filepath.ToSlash(file)
	for _, file := range []string{file, path.Base(file)} { // an import may be of another folder
		other := path.Join(dir, file)
		if src, err := b.tree.read(other); src != nil || err != nil {
			return b.title(other), src, err
		}
	}
	return "", nil, nil
}

func (b treeBaseline) gone(files, roots []string) (gone []string, err error) {
	found, tops, dirs := map[string]bool{}, []string{}, map[string]bool{}
	for _, f := range files {
		if name, top := b.find(f); name != "" {
			found[name], dirs[path.Dir(name)] = true, true
			tops = append(tops, top)
		}
	}
	if len(tops) == 0 { // nothing says where it begins
		tops, dirs["."] = append(tops, slices.Concat(roots, []string{"."})...), true
	}
	for _, name := range b.all {
		here := shortest(filepath.Join(tops[0], filepath.FromSlash(name)))
		switch {
		case found[name], !dirs[path.Dir(name)] && !slices.ContainsFunc(roots, func(root string) bool { return isBelow(here, root) }):
		case !slices.ContainsFunc(tops, func(top string) bool { return exists(filepath.Join(top, name)) }):
			gone = append(gone, here)
		}
	}
	return gone, nil
}

// shortest returns a relative path without a way up and down again, as in ../api
// from the folder api.
func shortest(path string) string {
	here, err := filepath.Abs(".")
	if err != nil || filepath.IsAbs(path) {
		return path
	}
	if rel, err := filepath.Rel(here, filepath.Join(here, path)); err == nil {
		return rel
	}
	return path
}

// isBelow reports whether a file is in a folder, or in one below it.
func isBelow(file, dir string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && filepath.IsLocal(rel)
}

// isNoneOfTree reports whether a path is not that of a schema that a search from
// its beginning finds.
func isNoneOfTree(name string) bool {
	dirs := strings.Split(filepath.ToSlash(filepath.Dir(name)), "/")
	return isNoSchema(name) || slices.ContainsFunc(dirs, func(dir string) bool { return dir != "." && leftOut(dir) })
}

// diskTree is a folder on disk.
type diskTree string

func (t diskTree) title(name string) string {
	return filepath.Join(string(t), filepath.FromSlash(name))
}

func (t diskTree) read(name string) ([]byte, error) {
	src, err := read(t.title(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return src, err
}

func (t diskTree) schemas() (all []string, err error) {
	var s search
	root := string(t)
	if target, err := filepath.EvalSymlinks(root); err == nil {
		root = target // a walk does not follow it
	}
	err = s.walk(root)
	for _, f := range s.files {
		rel, outside := filepath.Rel(root, f)
		if outside == nil {
			all = append(all, filepath.ToSlash(rel))
		}
	}
	return all, err
}

// gitTree is a folder of a commit, by its path from the top of the repository.
type gitTree struct{ ref, path string }

func (t gitTree) title(name string) string { return t.ref + ":" + path.Join(t.path, name) }

func (t gitTree) read(name string) ([]byte, error) { return blob(".", t.title(name)) }

func (t gitTree) schemas() ([]string, error) {
	out, err := git(".", "ls-tree", "-r", "-z", "--name-only", "--full-tree", t.ref+":"+t.path)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(strings.Split(string(out), "\x00"), isNoneOfTree), nil
}
