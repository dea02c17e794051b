package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A folder, or another module, that is called like a schema or lies below is no
// part of a run.
func TestFind_OnlySchemasOfThisModule(t *testing.T) {
	folder(t, map[string]string{
		"shop.wamp.yaml": shopSchema, "x.wamp.yaml/readme.txt": "a folder", "nested/go.mod": "module nested\n", "nested/x.wamp.yaml": "broken",
		"go.mod": "module shop\n", "below/other.wamp.yaml": topicOf("other", ""), "nested/deeper/x.wamp.yaml": "broken",
	})
	wampgen("generate").want(t, 0, "wrote shop_types.wamp.go", "")
	wampgen("generate", "./...").want(t, 0, "wrote "+filepath.Join("below", "other_types.wamp.go"), "")
	wampgen("generate", "x.wamp.yaml").want(t, 2, "", "no *.wamp.yaml in x.wamp.yaml")
	wampgen("generate", "nested/...").want(t, 1, "", filepath.Join("nested", "x.wamp.yaml")+":1:1: error")
}

// Without arguments, the root of a module that has no schema means all of them.
func TestFind_RootOfModule(t *testing.T) {
	folder(t, map[string]string{"go.mod": "module shop\n", "api/shop.wamp.yaml": topicOf("shop", "")})
	wampgen("generate").want(t, 0, "wrote "+filepath.Join("api", "shop_types.wamp.go"), "")
	wampgen("generate", ".").want(t, 2, "", "no *.wamp.yaml in .")
}

// A link to a schema is a schema, however it is found; a link to nothing is none.
func TestFind_Links(t *testing.T) {
	folder(t, map[string]string{"real/text": topicOf("linked", "")})
	for link, to := range map[string]string{
		"api/linked.wamp.yaml": filepath.Join("..", "real", "text"), "api/.#linked.wamp.yaml": "user@host.1234", "api/sub.wamp.yaml": filepath.Join("..", "real"),
	} {
		if err := os.MkdirAll(filepath.Dir(link), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, link); err != nil {
			t.Skip(err)
		}
	}
	for _, arg := range []string{"api", "./...", "api/linked.wamp.yaml"} {
		wampgen("generate", "--stdout", arg).want(t, 0, "-- api/linked_types.wamp.go --", "")
	}
}

// Missing and unreadable files do not hide what is found in the others.
func TestFind_MissingFiles(t *testing.T) {
	folder(t, map[string]string{"bad.wamp.yaml": strings.Replace(shopSchema, "[sku: Sku]", "[sku: Skuu]", 1), "empty/x.txt": ""})
	r := wampgen("generate", "gone.wamp.yaml", "bad.wamp.yaml", "lost.wamp.yaml", "empty")
	for _, want := range []string{"bad.wamp.yaml:6:29: error: unknown type", "gone.wamp.yaml: no such file", "lost.wamp.yaml: no such file", "no *.wamp.yaml in empty"} {
		r.want(t, 2, "", want)
	}
}

// The findings of --check are sorted, and its cure is ready for a shell.
func TestCheck_Cure(t *testing.T) {
	folder(t, map[string]string{"my api/b.wamp.yaml": topicOf("b", ""), "it's/a.wamp.yaml": topicOf("a", "")})
	r := wampgen("generate", "--check", "my api/b.wamp.yaml", "it's")
	r.want(t, 1, "", `run: go tool wampgen generate 'my api/b.wamp.yaml' 'it'\''s'`)
	lines := strings.Split(strings.TrimSpace(r.errOut), "\n")
	if !strings.HasPrefix(lines[0], "it's") || !strings.HasPrefix(lines[len(lines)-2], "my api") {
		t.Errorf("not sorted:\n%s", r.errOut)
	}
}
