package connection

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"
)

// mostSecret is how many bytes a secret may have.
const mostSecret = 64 << 10

// source is where a secret is, and the flags that say so.
type source struct {
	what      string // for errors, such as "the password"
	file, env string
	flags     string // the prefix of the flags, such as "--secret"
}

// given reports whether there is a secret.
func (s source) given() bool { return s.file != "" || s.env != "" }

// text returns the secret. No error contains any of it.
func (s source) text() (string, error) {
	switch {
	case s.file != "" && s.env != "":
		return "", wrong("name one of them", "%s is both in %s and in $%s", s.what, s.file, s.env)
	case s.file != "":
		return s.read(home(s.file))
	}
	text, ok := os.LookupEnv(s.env)
	switch {
	case !ok:
		return "", wrong("export it, or name a file with "+s.flags+"-file", "the environment variable %s, which is to hold %s, is not set", envName(s.env), s.what)
	case text == "":
		return "", wrong("export it with a value", "the environment variable %s, which is to hold %s, is empty", envName(s.env), s.what)
	}
	return s.checked(text, "$"+s.env)
}

// envName returns the name of a variable as an error may show it: what does not
// look like one may be the secret itself.
func envName(name string) string {
	if strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return "(not shown, since it is not in capitals)"
	}
	return name
}

// read returns the text of a file that nobody else can read, without the end of
// its last line.
func (s source) read(path string) (string, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", wrong("write "+s.what+" into it and run: chmod 600 "+path, "there is no file %s, which is to hold %s", path, s.what)
	case errors.Is(err, fs.ErrPermission):
		return "", wrong("it must belong to you: run  ls -l "+path, "you may not read %s, which is to hold %s", path, s.what)
	case err != nil:
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return "", wrong("name the file in it", "%s, which is to hold %s, is a folder", path, s.what)
	case runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0:
		return "", wrong("run: chmod 600 "+path, "others may read %s, which holds %s (mode %#o)", path, s.what, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, mostSecret+1))
	switch {
	case err != nil:
		return "", err
	case len(text) > mostSecret:
		return "", wrong("name another file", "%s is too large to be %s: more than 64 KiB", path, s.what)
	}
	return s.checked(strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), path)
}

// checked returns a text that can be a secret.
func (s source) checked(text, where string) (string, error) {
	switch {
	case text == "":
		return "", wrong("write "+s.what+" into it", "%s, which is to hold %s, is empty", where, s.what)
	case !utf8.ValidString(text):
		return "", wrong("it must be a text", "%s, which is to hold %s, is not UTF-8", where, s.what)
	}
	return text, nil
}
