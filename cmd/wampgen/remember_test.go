package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain: what tests generate is no business of the user's caches.
func TestMain(m *testing.M) {
	if err := os.Setenv(cacheVariable, "off"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// remembering is a folder with a schema whose code has been generated, and the
// memory of that.
func remembering(t *testing.T) (entry string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv(cacheVariable, dir)
	folder(t, map[string]string{"shop.wamp.yaml": shopSchema})
	wampgen("generate").want(t, 0, "wrote shop_api.wamp.go", "")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	return filepath.Join(dir, entries[0].Name())
}

// text returns the content of a file.
func text(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestRemember: a run that changes nothing reads the code in place of making it,
// and a check makes it. Here the memory is wrong, which only a check finds.
func TestRemember(t *testing.T) {
	entry := remembering(t)
	made := text(t, "shop_api.wamp.go")
	edited := made + "// edited\n"
	save(t, "shop_api.wamp.go", edited)
	save(t, entry, strings.Replace(text(t, entry), checksum([]byte(made)), checksum([]byte(edited)), 1))
	wampgen("generate").want(t, 0, "nothing changed: 3 files up to date", "")
	wampgen("generate", "--check").want(t, 1, "", "shop_api.wamp.go: stale")
	wampgen("generate", "--dry-run").want(t, 0, "would write shop_api.wamp.go", "")
	if got := wampgen("generate", "--stdout"); strings.Contains(got.out, "edited") {
		t.Error("-stdout prints the edited file")
	}
	t.Setenv(cacheVariable, "off")
	wampgen("generate").want(t, 0, "wrote shop_api.wamp.go\n", "")
}

// TestRemember_Changes: whatever has changed is generated.
func TestRemember_Changes(t *testing.T) {
	entry := remembering(t)
	made := text(t, "shop_codec.wamp.go")
	upToDate := func() {
		t.Helper()
		if got := text(t, "shop_codec.wamp.go"); got != made {
			t.Error("the code was not generated")
		}
		wampgen("generate", "--check").want(t, 0, "everything is up to date", "")
		wampgen("generate").want(t, 0, "nothing changed: 3 files up to date", "")
	}
	upToDate()

	save(t, "shop_codec.wamp.go", made+"// edited\n")
	wampgen("generate").want(t, 0, "wrote shop_codec.wamp.go\n", "")
	upToDate()

	if err := os.Remove("shop_codec.wamp.go"); err != nil {
		t.Fatal(err)
	}
	wampgen("generate").want(t, 0, "wrote shop_codec.wamp.go\n", "")
	upToDate()

	for _, broken := range []string{"", "[", "null", "[]", `[{"Name": "shop_types.wamp.go", "Sum": ""}]`, `[{"Name": "../../shop.wamp.yaml"}]`} {
		save(t, entry, broken)
		upToDate()
	}

	save(t, "shop_codec.wamp.go", strings.ReplaceAll(made, "\n", "\r\n"))
	wampgen("generate").want(t, 0, "nothing changed: 3 files up to date", "")
	save(t, "shop_codec.wamp.go", made)

	save(t, "shop.wamp.yaml", shopSchema+"  stock.gone: {args: [sku: Sku]}\n")
	wampgen("generate").want(t, 0, "wrote shop_api.wamp.go", "")
	save(t, "shop.wamp.yaml", shopSchema)
	wampgen("generate").want(t, 0, "wrote shop_api.wamp.go", "")
	upToDate()

	wampgen("generate", "-o", "other").want(t, 0, "wrote "+filepath.Join("other", "shop_api.wamp.go"), "")
	wampgen("generate", "--lang", "ts-types").want(t, 0, "wrote shop.wamp.ts", "")
	upToDate()
}

// TestRemember_Nowhere: without a place for a memory there is none.
func TestRemember_Nowhere(t *testing.T) {
	folder(t, map[string]string{"shop.wamp.yaml": shopSchema, "file": ""})
	t.Setenv(cacheVariable, filepath.Join("file", "memory"))
	wampgen("generate").want(t, 0, "wrote shop_api.wamp.go", "")
	wampgen("generate").want(t, 0, "nothing changed: 3 files up to date", "")
}

// TestRemember_Bounded: a full memory forgets what is oldest.
func TestRemember_Bounded(t *testing.T) {
	m := memory{t.TempDir()}
	for i := range memoryLimit {
		name := filepath.Join(m.dir, fmt.Sprint("entry", i))
		save(t, name, "[]")
		at := time.Unix(int64(1e9+i), 0)
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	m.remember("new", nil)
	entries, err := os.ReadDir(m.dir)
	if err != nil || len(entries) != memoryLimit/2+1 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	if _, err := os.Stat(filepath.Join(m.dir, fmt.Sprint("entry", memoryLimit-1))); err != nil {
		t.Error(err)
	}
}
