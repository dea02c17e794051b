package main

import (
	"bytes"
	"log"
	"os"
	"testing"

	"github.com/wampgen/wampgen/runtime/wamptest/router"
	"github.com/wampgen/wampgen/schema"
)

// TestMain lets this test binary be the processes of the example.
func TestMain(m *testing.M) {
	if router.ServeFromEnv() {
		return
	}
	if len(os.Args) == 3 && os.Args[1] == "service" {
		if err := runService(os.Args[2]); err != nil {
			log.Fatal(err)
		}
		return
	}
	os.Exit(m.Run())
}

func TestOutput(t *testing.T) {
	want, err := os.ReadFile("testdata/output.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := run(&got, ""); err != nil {
		t.Fatalf("%v after\n%s", err, got.Bytes())
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got\n%s\nwant\n%s", got.Bytes(), want)
	}
}

// TestOutput_IsOfTheWholeSchema: the customer uses every procedure and topic.
func TestOutput_IsOfTheWholeSchema(t *testing.T) {
	const path = "shop/shop.wamp.yaml"
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	output, err := os.ReadFile("testdata/output.txt")
	if err != nil {
		t.Fatal(err)
	}
	m, findings := schema.Load(path, src, os.ReadFile)
	if m == nil {
		t.Fatal(findings)
	}
	used := func(name string) {
		if !bytes.Contains(append([]byte{'\n'}, output...), []byte("\n"+name+": ")) {
			t.Errorf("the output does not show %s", name)
		}
	}
	for _, p := range m.Procedures {
		used(p.Name)
	}
	for _, topic := range m.Topics {
		used(topic.Name)
	}
}
