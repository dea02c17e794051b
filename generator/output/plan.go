package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// File is one generated file.
type File struct {
	// Name is the name of the file without a folder.
	Name string
	// Data is the content. Its first line names the schema.
	Data []byte
}

// Set is the files that one schema generates.
type Set struct {
	// Source is the path of the schema file in messages.
	Source string
	// Files are all files that the schema generates. The first line of each names
	// the schema, see [Origin].
	Files []File
}

// Plan is what to change in a folder. It can be used once. Not safe for
// concurrent use.
type Plan struct {
	// Clean makes [Plan.Write] remove files whose schema no longer exists.
	Clean bool

	dir     string
	lang    Language
	targets []target
	orphans []string
	lost    []lost
	stale   []string // temporary files that a killed run left
	// before is called ahead of every step that changes the disk; an error
	// stops the run there. Tests set it to break or kill a run.
	before func(step, name string) error
}

// target is a file as it is to be.
type target struct {
	name   string
	origin string // the schema as data names it
	data   []byte
	old    []byte // nil if there is none
	temp   string // where data waits for its place
}

// lost is a generated file whose schema is gone.
type lost struct{ name, source string }

// changed reports whether a file has to be written. A version control system
// may have given the old one other line ends; that is no change.
func (t *target) changed() bool { return t.old == nil || !bytes.Equal(unix(t.old), unix(t.data)) }

// unix is text with "\n" for "\r\n".
func unix(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }

// New returns what to change so that the folder dir holds the files of the sets
// and, in the same language, no other files of their schemas. It changes
// nothing. The folder need not exist. If there are no sets, New only looks for
// files whose schema no longer exists.
//
// Errors: a name that is not a plain file name, a duplicate name, an existing
// file that wampgen did not write or that is not a regular file, and errors of
// the system. [Conflicts] checks what else is in the folder.
func New(dir string, lang Language, sets ...Set) (*Plan, error) {
	p := &Plan{dir: dir, lang: lang, before: func(string, string) error { return nil }}
	wanted := map[string]string{}
	for _, set := range sets {
		for _, f := range set.Files {
			if err := lang.checkName(f.Name); err != nil {
				return nil, fmt.Errorf("%s: %w", set.Source, err)
			}
			key := strings.ToLower(f.Name) // some file systems see no difference
			if other, twice := wanted[key]; twice {
				return nil, fmt.Errorf("%s and %s both make %s: give them different names (api.name)", other, set.Source, p.path(f.Name))
			}
			wanted[key] = set.Source
			p.targets = append(p.targets, target{name: f.Name, origin: set.origin(), data: f.Data})
		}
	}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	} else if err != nil {
		return nil, err
	}
	defer root.Close()
	if err := p.compare(root); err != nil {
		return nil, err
	}
	return p, p.survey(root, sets, wanted)
}

// path is a file's name as the user sees it.
func (p *Plan) path(name string) string { return filepath.Join(p.dir, name) }

// compare reads the old files.
func (p *Plan) compare(root *os.Root) error {
	for i := range p.targets {
		t := &p.targets[i]
		info, err := root.Lstat(t.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return p.relate(err)
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s is in the way: it is no regular file", p.path(t.name))
		}
		if t.old, err = root.ReadFile(t.name); err != nil {
			return p.relate(err)
		}
		switch from := origin(t.old); {
		case from == "":
			return fmt.Errorf("%s is in the way: wampgen did not write it (its first line is not ours); move it, or choose another folder", p.path(t.name))
		case from != t.origin && !gone(p.dir, from):
			return fmt.Errorf("%s is in the way: it belongs to %s; choose another folder", p.path(t.name), locate(p.dir, from))
		}
	}
	return nil
}

// survey looks for files that the schemas made once and make no more, and for
// what a killed run left.
func (p *Plan) survey(root *os.Root, sets []Set, wanted map[string]string) error {
	folder, err := root.Open(".")
	if err != nil {
		return p.relate(err)
	}
	defer folder.Close()
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return p.relate(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case !entry.Type().IsRegular():
		case isTemp(name):
			p.stale = append(p.stale, name)
		case p.lang.Owns(name) && wanted[strings.ToLower(name)] == "":
			data, err := root.ReadFile(name)
			if errors.Is(err, fs.ErrNotExist) {
				continue // another run has removed it
			} else if err != nil {
				return p.relate(err)
			}
			switch source := origin(data); {
			case source == "":
			case slices.ContainsFunc(sets, func(s Set) bool { return s.origin() == source }):
				p.orphans = append(p.orphans, name)
			case gone(p.dir, source):
				p.lost = append(p.lost, lost{name, source})
			}
		}
	}
	slices.Sort(p.orphans)
	slices.SortFunc(p.lost, func(a, b lost) int { return strings.Compare(a.name, b.name) })
	return nil
}

// relate puts the folder before the name in an error of the root.
func (p *Plan) relate(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		at.Path = p.path(at.Path)
	}
	return err
}
