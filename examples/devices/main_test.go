package main

import (
	"bytes"
	"log"
	"os"
	"testing"

	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// TestMain lets this test binary be the processes of the example.
func TestMain(m *testing.M) {
	if router.ServeFromEnv() {
		return
	}
	if len(os.Args) == 4 && (os.Args[1] == "north" || os.Args[1] == "south") {
		log.Fatal(runSite(os.Args[1], os.Args[2], os.Args[3]))
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
