package output

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Report says what [Plan.Write] did. Its paths begin with the folder.
type Report struct {
	Wrote, Removed []string
	// Unchanged is the number of files that needed no change.
	Unchanged int
}

// The names of temporary files: hidden, ignored by the Go tool, like no other.
const (
	tempStart = ".wampgen-"
	tempEnd   = ".tmp"
)

func isTemp(name string) bool {
	return strings.HasPrefix(name, tempStart) && strings.HasSuffix(name, tempEnd)
}

// Write applies the plan to the folder. It first writes new files under
// temporary names; if that fails no file has changed. Then it renames them.
// Last it removes the files that their schemas no longer generate and, with
// Clean, those whose schema no longer exists. It does not touch files that need
// no change. Runs that write into one folder wait for each other. The [Report]
// is valid even if there is an error.
func (p *Plan) Write() (Report, error) {
	r, remove := Report{}, p.removals()
	if len(remove)+len(p.stale) == 0 && !slices.ContainsFunc(p.targets, func(t target) bool { return t.changed() }) {
		r.Unchanged = len(p.targets)
		return r, nil
	}
	if err := p.step("mkdir", "."); err != nil {
		return r, err
	}
	if err := os.MkdirAll(p.dir, 0o777); err != nil {
		return r, err
	}
	root, err := os.OpenRoot(p.dir)
	if err != nil {
		return r, err
	}
	defer root.Close()
	unlock, err := lock(p.dir)
	if err != nil {
		return r, err
	}
	defer unlock()
	for _, name := range p.stale {
		if err := p.remove(root, name); err != nil {
			return r, err
		}
	}
	if err := p.prepare(root); err != nil {
		return r, errors.Join(err, p.discard(root))
	}
	if err := p.place(root, &r); err != nil {
		return r, errors.Join(err, p.discard(root))
	}
	for _, name := range remove {
		if err := p.remove(root, name); err != nil {
			return r, err
		}
		r.Removed = append(r.Removed, p.path(name))
	}
	return r, nil
}

// removals are the generated files that have no place in the folder any more.
func (p *Plan) removals() []string {
	names := slices.Clone(p.orphans)
	if p.Clean {
		for _, l := range p.lost {
			names = append(names, l.name)
		}
	}
	return names
}

func (p *Plan) step(step, name string) error {
	if err := p.before(step, name); err != nil {
		return fmt.Errorf("%s %s: %w", step, p.path(name), err)
	}
	return nil
}

// prepare writes what is new under temporary names.
func (p *Plan) prepare(root *os.Root) error {
	for i := range p.targets {
		t := &p.targets[i]
		if !t.changed() {
			continue
		}
		t.temp = tempStart + rand.Text() + tempEnd
		if err := p.writeTemp(root, t); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) writeTemp(root *os.Root, t *target) error {
	if err := p.step("create", t.temp); err != nil {
		return err
	}
	f, err := root.OpenFile(t.temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return p.relate(err)
	}
	err = p.step("write", t.temp)
	if err == nil {
		_, err = f.Write(t.data)
	}
	return p.relate(errors.Join(err, f.Close()))
}

// place renames the temporary files to what they are for.
func (p *Plan) place(root *os.Root, r *Report) error {
	for i := range p.targets {
		t := &p.targets[i]
		if t.temp == "" {
			r.Unchanged++
			continue
		}
		if err := p.step("rename", t.name); err != nil {
			return err
		}
		if err := root.Rename(t.temp, t.name); err != nil {
			return p.relate(err)
		}
		t.temp = ""
		r.Wrote = append(r.Wrote, p.path(t.name))
	}
	return nil
}

// discard removes the temporary files that found no place.
func (p *Plan) discard(root *os.Root) error {
	var errs []error
	for _, t := range p.targets {
		if t.temp != "" {
			errs = append(errs, p.remove(root, t.temp))
		}
	}
	return errors.Join(errs...)
}

// remove removes a file that may be gone already.
func (p *Plan) remove(root *os.Root, name string) error {
	if err := p.step("remove", name); err != nil {
		return err
	}
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return p.relate(err)
	}
	return nil
}
