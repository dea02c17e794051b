package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/examples/rollout/work"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// status returns what a probe is answered, 0 if nobody listens.
func status(url string) int {
	r, err := http.Get(url)
	if err != nil {
		return 0
	}
	_ = r.Body.Close() // the status is all
	return r.StatusCode
}

// The service answers calls and both probes, and leaves when it is told to.
func TestRun(t *testing.T) {
	r := router.New(t, router.Config{})
	probes, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- run(ctx, r.RawSocketURL(), probes) }()
	c, err := wamp.Connect(t.Context(), r.RawSocketURL(), "realm1")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if got, err := work.NewCaller(c).Double(t.Context(), 21, wamp.WithGrace(time.Minute)); got != 42 || err != nil {
		t.Errorf("%d, %v", got, err)
	}
	base := "http://" + probes.Addr().String()
	for _, path := range []string{"/live", "/ready"} {
		if got := status(base + path); got != http.StatusOK {
			t.Errorf("%s: %d", path, got)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := status(base + "/ready"); got != 0 {
		t.Errorf("after the end: %d", got)
	}
}

// The probes of deploy.yaml are those that the service answers.
func TestDeploy(t *testing.T) {
	text, err := os.ReadFile("deploy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"livenessProbe: {httpGet: {path: /live, port: 8080}", "readinessProbe: {httpGet: {path: /ready, port: 8080}"} {
		if !strings.Contains(string(text), part) {
			t.Errorf("no %q", part)
		}
	}
}
