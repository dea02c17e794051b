package interop

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/interop/tour"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// The page of wampgen docs --try in Chromium with a typed callee in Go: results,
// progressive results, declared errors, events in both directions, cancelling.
// .ci/browser prints what WAMPGEN_BROWSER must be.
func TestBrowser(t *testing.T) {
	modules := os.Getenv("WAMPGEN_BROWSER")
	if modules == "" {
		t.Skip("WAMPGEN_BROWSER is not set; .ci/browser says what to set it to")
	}
	path := filepath.Join(t.TempDir(), "tour.html")
	out, err := exec.CommandContext(t.Context(), "go", "run", "../../../cmd/wampgen", "docs", "--try", "-o", path, "tour/tour.wamp.yaml").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	served := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(path))))
	defer served.Close()
	t.Run("a router for development", func(t *testing.T) {
		server, err := wamptest.NewRealm(t).Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		drive(t, modules, served.URL+"/tour.html", server.URL())
	})
	for name, login := range map[string][]string{
		"Crossbar.io": nil, "Crossbar.io with a ticket": {"joe", "ticket", "tkt-123"}, "Crossbar.io with a salted secret": {"salty", "wampcra", "secret"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := routers[1].start()
			if missing(err) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			drive(t, modules, "file://"+path, r.urls["ws"], login...)
		})
	}
}

// drive tries the API out on a page, at a router where this process serves it.
func drive(t *testing.T, modules, page, router string, login ...string) {
	t.Helper()
	client, err := wamp.Connect(t.Context(), router, realm)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close(context.WithoutCancel(t.Context()))
	if _, err := tour.Register(t.Context(), client, guide{client}); err != nil {
		t.Fatal(err)
	}
	walked := make(chan tour.StageWalked, 10)
	_, err = tour.SubscribeStageWalked(t.Context(), client, func(_ context.Context, ev tour.StageWalked) error {
		walked <- ev
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	pictures := os.Getenv("WAMPGEN_PICTURES")
	if pictures == "" {
		pictures = t.TempDir()
	}
	args := append([]string{"peers/browser.mjs", modules, pictures, page, router}, login...)
	out, err := exec.CommandContext(t.Context(), "node", args...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), exerciseLimit)
	defer cancel()
	if ev, err := receive(ctx, "the event of the page", walked); err != nil || ev.Kilometres != 7 || ev.Walker == nil || *ev.Walker != "a browser" {
		t.Errorf("the event of the page is %+v: %v", ev, err)
	}
}

// guide is the callee of a tour.
type guide struct{ client *wamp.Client }

// StagePlan rests on long stages.
func (guide) StagePlan(_ context.Context, in tour.StagePlanArgs) (tour.StagePlanResult, error) {
	hours := 0.0
	if in.From != in.To {
		hours = 30 / in.Pace
	}
	return tour.StagePlanResult{Hours: hours, Places: []string{in.From, in.To}, Rest: hours > 8}, nil
}

// StageWalk walks on without end if kilometres is negative.
func (g guide) StageWalk(ctx context.Context, kilometres int, progress wamp.Sender[tour.StageWalkProgress]) (int, error) {
	if kilometres > 100 {
		return 0, &tour.TooFarError{Message: "it is too far", Farthest: 100}
	}
	for i := 1; i <= kilometres || kilometres < 0; i++ {
		if err := progress.Send(tour.StageWalkProgress{Kilometre: i, Place: fmt.Sprintf("km %d", i)}); err != nil {
			return 0, err
		}
		if kilometres < 0 {
			<-ctx.Done()
			return 0, context.Cause(ctx)
		}
	}
	walker := "Go"
	return kilometres, tour.PublishStageWalked(ctx, g.client, tour.StageWalked{Kilometres: kilometres, Walker: &walker}, wamp.WithAcknowledge())
}
