package connection

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/wampgen/wampgen/schema/config"
	"github.com/wampgen/wampgen/schema/diag"
)

// profileVariable is the environment variable with the name of a profile.
const profileVariable = "WAMPGEN_PROFILE"

// mostProfiles is how many bytes a file of profiles may have.
const mostProfiles = 1 << 20

// fromProfile returns the profile that applies, the zero one if none does.
func (s *Settings) fromProfile() (config.Profile, error) {
	name, why := s.profile, "--profile"
	if name == "" {
		name, why = os.Getenv(profileVariable), profileVariable
	}
	path, all, err := s.profiles()
	switch {
	case err != nil:
		return config.Profile{}, err
	case all == nil && name == "":
		return config.Profile{}, nil
	case all == nil:
		return config.Profile{}, wrong("write the profiles into it, as docs/tool.md shows, or name another file with --profiles",
			"%s is %s, and there is no file %s", why, diag.Quote(name), path)
	case name == "":
		name = all.Default
	}
	if name == "" || len(s.given.URLs) > 0 && s.profile == "" {
		return config.Profile{}, nil // a default is not for a router that was named otherwise
	}
	p := all.Named[name]
	if p == nil {
		return config.Profile{}, wrong("it has "+strings.Join(all.Names(), ", "), "there is no profile %s in %s", diag.Quote(name), path)
	}
	return *p, nil
}

// profiles reads the file of profiles. They are nil if there is none and none was
// asked for.
func (s *Settings) profiles() (path string, all *config.Profiles, err error) {
	if path = home(s.file); path == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return "profiles.yaml", nil, nil //nolint:nilerr // a process without a home has no profiles
		}
		path = filepath.Join(dir, "wampgen", "profiles.yaml")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && s.file == "":
		return path, nil, nil
	case err != nil:
		return path, nil, fmt.Errorf("--profiles: %w", err)
	case runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o022 != 0:
		return path, nil, wrong("run: chmod go-w "+path, "%s can be changed by others, who then decide where your secrets go", path)
	case info.Size() > mostProfiles:
		return path, nil, fmt.Errorf("%s is larger than 1 MiB", path)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return path, nil, err
	}
	all, found := config.ParseProfiles(path, src)
	if found == nil {
		return path, all, nil
	}
	lines := make([]string, 0, len(found)) // without the lines of the file, which may hold a secret
	for _, d := range found {
		line := d.Error()
		if d.Hint != "" {
			line += "\n  " + d.Hint
		}
		lines = append(lines, line)
	}
	return path, nil, errors.New(strings.Join(lines, "\n"))
}

// Profiles returns the names of the profiles of the user, for completion.
func Profiles() []string {
	_, all, err := new(Settings).profiles()
	if err != nil || all == nil {
		return nil
	}
	return all.Names()
}

// home returns a path with the home of the user for ~, which some shells leave
// where it is.
func home(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if !ok {
		return path
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(dir, rest)
}
