package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// snapshot is what there was before a run that makes all or nothing.
type snapshot struct {
	// dir is a folder to which files may be added; there are those that it had.
	dir string
	had map[string]bool
	// files are the texts of files that may change; nil of one that was not there.
	files map[string][]byte
}

// takeSnapshot notes what is in a folder, which may not exist, and in files.
func takeSnapshot(dir string, files ...string) (*snapshot, error) {
	s := &snapshot{dir: dir, had: map[string]bool{}, files: map[string][]byte{}}
	if target, err := filepath.EvalSymlinks(dir); err == nil {
		s.dir = target // a walk does not follow it
	}
	paths, err := s.paths()
	for _, path := range paths {
		s.had[path] = true
	}
	for _, name := range files {
		text, failed := os.ReadFile(name)
		if failed != nil && !errors.Is(failed, fs.ErrNotExist) {
			err = errors.Join(err, failed)
		}
		s.files[name] = text
	}
	return s, err
}

// paths returns what is in the folder, and the folder itself before that.
func (s *snapshot) paths() (all []string, err error) {
	err = filepath.WalkDir(s.dir, func(path string, _ fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == s.dir {
			return nil
		}
		all = append(all, path)
		return err
	})
	return all, err
}

// restore removes what was added, and gives the files their texts.
func (s *snapshot) restore() error {
	paths, err := s.paths()
	for _, path := range slices.Backward(paths) {
		if !s.had[path] {
			err = errors.Join(err, os.Remove(path))
		}
	}
	for name, text := range s.files {
		now, failed := os.ReadFile(name)
		switch {
		case failed != nil && text == nil, failed == nil && text != nil && bytes.Equal(now, text):
		case text == nil:
			err = errors.Join(err, os.Remove(name))
		default:
			err = errors.Join(err, os.WriteFile(name, text, 0o666))
		}
	}
	return err
}
