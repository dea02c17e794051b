package html

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema"
)

func generate(t *testing.T, src string) string {
	t.Helper()
	m, found := schema.Parse("test.wamp.yaml", []byte(src))
	if m == nil {
		t.Fatal(found)
	}
	page, err := Generate(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// TestGenerate_IsText: nothing of a schema becomes HTML, a script or a link to
// elsewhere.
func TestGenerate_IsText(t *testing.T) {
	page := generate(t, `wampgen: 1
api: {name: test, uri: com.example.test, doc: "<script>alert(1)</script> & </title> `+"`<b>`"+`"}
types:
  T:
    doc: '"><img src=x onerror=alert(2)>'
    fields: {a: {type: string, doc: "{{.}} ]]> -->"}}
procedures:
  p: {args: [x: "string = </code>"], deprecated: "javascript:alert(3) <a href='//example.com'>"}
`)
	for _, bad := range []string{"<script>alert", "<img", "<b>", "</title> ", "<a href='//", "</code></code>", "ZgotmplZ"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, good := range []string{"&lt;script&gt;alert(1)", "<code>&lt;b&gt;</code>", "{{.}} ]]&gt;"} {
		if !strings.Contains(page, good) {
			t.Errorf("the page does not hold %q", good)
		}
	}
	if n := strings.Count(page, "<script>"); n != 1 {
		t.Errorf("%d scripts", n)
	}
}

// TestGenerate_LinksLeadSomewhere: every link of a page is an anchor of it, and
// every declaration is there.
func TestGenerate_LinksLeadSomewhere(t *testing.T) {
	for _, path := range schemas(t) {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, _ := schema.Parse(path, src)
		if m == nil {
			continue // it has imports
		}
		page := generate(t, string(src))
		ids := map[string]bool{}
		for part := range strings.SplitSeq(page, ` id="`) {
			id, _, _ := strings.Cut(part, `"`)
			ids[id] = true
		}
		for part := range strings.SplitSeq(page, ` href="`) {
			link, _, _ := strings.Cut(part, `"`)
			id := strings.NewReplacer("%7b", "{", "%7d", "}").Replace(strings.TrimPrefix(link, "#"))
			if strings.HasPrefix(link, "#") && !ids[id] || strings.HasPrefix(link, "http") {
				t.Errorf("%s: link to %s", path, link)
			}
		}
		for _, x := range m.Types {
			if !ids["type-"+x.Name] {
				t.Errorf("%s: no type %s", path, x.Name)
			}
		}
	}
}

func schemas(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("../../testdata/golden/*/in.wamp.yaml")
	if err != nil || len(all) < 13 {
		t.Fatalf("%d schemas: %v", len(all), err)
	}
	return all
}

// many returns a schema with n procedures.
func many(n int) string {
	var b strings.Builder
	b.WriteString("wampgen: 1\napi: {name: many, version: 1.0.0, uri: com.example.many}\ntypes:\n  Item: {fields: {sku: string, count: int}}\nprocedures:\n")
	for i := range n {
		fmt.Fprintf(&b, "  group%d.thing%d.change: {doc: Changes a thing., args: [id: int, item: Item], kwargs: {note: optional string}, returns: list<Item>}\n", i%20, i)
	}
	return b.String()
}

// TestGenerate_InABrowser has Chromium open pages, search them and go where
// links lead; axe looks for what shuts people out. .ci/browser prints what
// WAMPGEN_BROWSER must be.
func TestGenerate_InABrowser(t *testing.T) {
	modules := os.Getenv("WAMPGEN_BROWSER")
	if modules == "" {
		t.Skip("WAMPGEN_BROWSER is not set; .ci/browser says what to set it to")
	}
	pictures := os.Getenv("WAMPGEN_PICTURES")
	if pictures == "" {
		pictures = t.TempDir()
	}
	src, err := os.ReadFile("../../testdata/golden/shop/in.wamp.yaml")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"testdata/page.mjs", modules, pictures}
	for name, text := range map[string]string{"shop": string(src), "many": many(1000)} {
		path := filepath.Join(t.TempDir(), name+".html")
		if err := os.WriteFile(path, []byte(generate(t, text)), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := exec.CommandContext(t.Context(), "node", args...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
