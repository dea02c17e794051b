package interop

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/examples/guides/autobahn"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
	nexus "github.com/wampgen/wampgen/runtime/wamptest/router"
)

// examples are the two programs of the folder peers that have what the examples of
// autobahn-js and autobahn-python have.
var examples = map[string]func() (*exec.Cmd, error){
	"autobahn-js": func() (*exec.Cmd, error) {
		modules := os.Getenv("WAMPGEN_NODE")
		if modules == "" {
			return nil, errNoNode
		}
		cmd := exec.Command("node", "peers/examples.js")
		cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
		return cmd, nil
	},
	"autobahn-python": func() (*exec.Cmd, error) {
		python, err := node.Python()
		return exec.Command(python, "peers/examples.py"), err
	},
}

// example starts one of them and returns the lines that it prints. It ends with the
// test.
func example(t *testing.T, name, role, url string) *bufio.Scanner {
	t.Helper()
	cmd, err := examples[name]()
	if missing(err) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd.Args = append(cmd.Args, role, url)
	var said strings.Builder
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(joinLimit+exerciseLimit, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		_ = in.Close()
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
		late.Stop()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	return bufio.NewScanner(out)
}

// TestAutobahnExamples_Callees: the schema of the examples describes the programs in
// both languages, which answer, fail and publish as they always did.
func TestAutobahnExamples_Callees(t *testing.T) {
	for name := range examples {
		t.Run(name, func(t *testing.T) {
			process := nexus.NewProcess(t, nexus.Config{})
			lines := example(t, name, "callee", process.WebSocketURL())
			if !lines.Scan() || lines.Text() != `"ready"` {
				t.Fatalf("it says %q", lines.Text())
			}
			ctx, cancel := context.WithTimeout(t.Context(), exerciseLimit)
			defer cancel()
			client, err := wamp.Connect(ctx, process.RawSocketURL(), "realm1", wamp.WithLogger(slog.New(slog.DiscardHandler)))
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close(ctx)
			useExamples(ctx, t, client, name == "autobahn-js")
			hearExamples(ctx, t, client)
		})
	}
}

func useExamples(ctx context.Context, t *testing.T, client *wamp.Client, js bool) {
	c := autobahn.NewCaller(client)
	equal := func(what string, got, want any, err error) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", what, got, err, want)
		}
	}
	now, err := c.TimeserviceNow(ctx)
	equal("now", time.Since(now).Abs() < time.Minute, true, err)
	equal("ping", nil, nil, c.ArgumentsPing(ctx))
	sum, err := c.ArgumentsAdd2(ctx, autobahn.ArgumentsAdd2Args{A: 2, B: 3})
	equal("add2", sum, 5, err)
	for want, in := range map[string]autobahn.ArgumentsStarsArgs{
		"somebody starred 0x": {}, "Homer starred 0x": {Nick: new("Homer")}, "somebody starred 5x": {Stars: new(5)},
	} {
		text, err := c.ArgumentsStars(ctx, in)
		equal("stars", text, want, err)
	}
	orders, err := c.ArgumentsOrders(ctx, autobahn.ArgumentsOrdersArgs{Product: "coffee", Limit: new(2)})
	equal("orders", len(orders), 2, err)
	count, err := c.ArgumentsArglen(ctx, autobahn.ArgumentsArglenArgs{Args: []any{1, 2, 3}, Kwargs: map[string]any{"a": 1}})
	equal("arglen", count, autobahn.Pair{Args: 3, Kwargs: 1}, err)
	square, err := c.MathSlowsquare(ctx, autobahn.MathSlowsquareArgs{X: 3, Delay: new(0.01)})
	equal("slowsquare", square, 9, err)
	quotient, err := c.MathserviceDiv2(ctx, autobahn.MathserviceDiv2Args{X: 7, Y: 2})
	equal("div2", quotient, 3.5, err)
	complexSum, err := c.MyappAddComplex(ctx, autobahn.MyappAddComplexArgs{A: 2, Ai: 3, B: 4, Bi: 5})
	equal("add_complex", complexSum, autobahn.MyappAddComplexResult{C: 6, Ci: 8}, err)
	names, err := c.MyappSplitName(ctx, "Homer Simpson")
	equal("split_name", names, autobahn.MyappSplitNameResult{Forename: "Homer", Surname: "Simpson"}, err)
	echo, err := c.MyappEchoComplex(ctx, autobahn.MyappEchoComplexArgs{Args: []any{1, "x"}, Kwargs: map[string]any{"c": 2}})
	equal("echo_complex", len(echo.Args) == 2 && echo.Args[1] == "x" && echo.Kwargs["c"] == int64(2), true, err)

	root, err := c.MyappSqrt(ctx, 2)
	if js {
		equal("sqrt", *root.(*autobahn.NumberText), autobahn.NumberText("1.414214"), err)
	} else {
		equal("sqrt", *root.(*autobahn.NumberNumber), autobahn.NumberNumber(math.Sqrt2), err)
	}
	_, err = c.MyappSqrt(ctx, 0)
	equal("sqrt of 0", errors.Is(err, wamp.ErrRuntime), true, nil)
	_, err = c.MyappSqrt(ctx, -2)
	failed, _ := errors.AsType[*autobahn.FailedError](err)
	if failed == nil || *failed != (autobahn.FailedError{Message: "negative", A: 23, B: 9}) {
		t.Errorf("got %v", err)
	}
	err = c.MyappCheckname(ctx, "foo")
	if _, ok := errors.AsType[*autobahn.ReservedError](err); !ok {
		t.Errorf("got %v", err)
	}
	mixed, _ := errors.AsType[*autobahn.MixedCaseError](c.MyappCheckname(ctx, "Abc"))
	if mixed == nil || *mixed != (autobahn.MixedCaseError{Lower: "abc", Upper: "ABC"}) {
		t.Errorf("got %v", mixed)
	}
	length, _ := errors.AsType[*autobahn.InvalidLengthError](c.MyappCheckname(ctx, "12"))
	if length == nil || *length != (autobahn.InvalidLengthError{Min: 3, Max: 10}) {
		t.Errorf("got %v", length)
	}
	equal("checkname", nil, nil, c.MyappCheckname(ctx, "123"))
	less, _ := errors.AsType[*autobahn.Error1Error](c.MyappCompare(ctx, autobahn.MyappCompareArgs{A: 2, B: 17}))
	if less == nil || less.Difference != 15 {
		t.Errorf("got %v", less)
	}

	stream := c.MyappLongopStream(ctx, 3)
	var progress []int
	for p, err := range stream.All() {
		if err != nil {
			t.Fatal(err)
		}
		progress = append(progress, p)
	}
	n, err := stream.Result()
	equal("longop", n, 3, err)
	want := []int{0, 1, 2}
	if js { // it does not announce call_canceling, and nexus asks such a callee for no progress
		want = nil
	}
	if !slices.Equal(progress, want) {
		t.Errorf("longop: progress %v", progress)
	}
	n, err = c.MyappLongop(ctx, 3)
	equal("longop without progress", n, 3, err)
}

func hearExamples(ctx context.Context, t *testing.T, client *wamp.Client) {
	for _, err := range autobahn.MyappHeartbeatEvents(ctx, client) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	for ev, err := range autobahn.MyappTopic1Events(ctx, client) {
		if err != nil || len(ev.Data.Numbers) != *ev.Data.Counter || ev.Data.Foo[2] != 2**ev.Data.Counter || ev.Data.Baz.A != 1.5 || ev.Data.Baz.C != nil {
			t.Errorf("got %+v, %v", ev.Data, err)
		}
		break
	}
	for ev, err := range autobahn.MyappTopic2Events(ctx, client) {
		if err != nil || ev.Data.Number != 23 || ev.Data.C != "Hello" || ev.Data.D.Counter != ev.Data.Random || !slices.Equal(ev.Data.D.Foo, []int{1, 2, 3}) {
			t.Errorf("got %+v, %v", ev.Data, err)
		}
		break
	}
	heard := make(chan int, 1)
	_, err := autobahn.SubscribeMyappSquareOnNonpositive(ctx, client, func(_ context.Context, ev autobahn.MyappSquareOnNonpositive) error {
		heard <- ev.Val
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := autobahn.NewCaller(client).MyappSquare(ctx, -7); err != nil || out != 49 {
		t.Errorf("got %d, %v", out, err)
	}
	select {
	case val := <-heard:
		if val != -7 {
			t.Errorf("got %d", val)
		}
	case <-ctx.Done():
		t.Error("nothing was published")
	}
}

// TestAutobahnExamples_Callers: the same calls in both languages have the same
// answers from a callee in Go.
func TestAutobahnExamples_Callers(t *testing.T) {
	for name := range examples {
		t.Run(name, func(t *testing.T) {
			process := nexus.NewProcess(t, nexus.Config{})
			client, err := wamp.Connect(t.Context(), process.RawSocketURL(), "realm1", wamp.WithLogger(slog.New(slog.DiscardHandler)))
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close(context.Background())
			if _, err := autobahn.Register(t.Context(), client, calculator{}); err != nil {
				t.Fatal(err)
			}
			lines := example(t, name, "caller", process.WebSocketURL())
			var said strings.Builder
			for lines.Scan() {
				said.WriteString(lines.Text() + "\n")
			}
			path := "testdata/examples/" + name + ".txt"
			if *record {
				if err := os.WriteFile(path, []byte(said.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || said.String() != string(want) {
				t.Errorf("%v; it says\n%s", err, said.String())
			}
		})
	}
}

// calculator has the procedures of the examples in Go.
type calculator struct{}

func (calculator) TimeserviceNow(context.Context) (time.Time, error) { return time.Now(), nil }
func (calculator) ArgumentsPing(context.Context) error               { return nil }

func (calculator) ArgumentsAdd2(_ context.Context, in autobahn.ArgumentsAdd2Args) (int, error) {
	return in.A + in.B, nil
}

func (calculator) ArgumentsStars(_ context.Context, in autobahn.ArgumentsStarsArgs) (string, error) {
	nick, stars := "somebody", 0
	if in.Nick != nil {
		nick = *in.Nick
	}
	if in.Stars != nil {
		stars = *in.Stars
	}
	return nick + " starred " + strconv.Itoa(stars) + "x", nil
}

func (calculator) ArgumentsOrders(_ context.Context, in autobahn.ArgumentsOrdersArgs) ([]any, error) {
	limit := 5
	if in.Limit != nil {
		limit = *in.Limit
	}
	return []any{"a", "b", "c", "d", "e", "f"}[:min(limit, 6)], nil
}

func (calculator) ArgumentsArglen(_ context.Context, in autobahn.ArgumentsArglenArgs) (autobahn.Pair, error) {
	return autobahn.Pair{Args: len(in.Args), Kwargs: len(in.Kwargs)}, nil
}

func (calculator) MathSquare(_ context.Context, x int) (int, error) { return x * x, nil }

func (calculator) MathSlowsquare(_ context.Context, in autobahn.MathSlowsquareArgs) (int, error) {
	return in.X * in.X, nil
}

func (calculator) MathserviceAdd2(_ context.Context, in autobahn.MathserviceAdd2Args) (int, error) {
	return in.X + in.Y, nil
}

func (calculator) MathserviceDiv2(_ context.Context, in autobahn.MathserviceDiv2Args) (float64, error) {
	return float64(in.X) / float64(in.Y), nil
}

func (calculator) MyappAddComplex(_ context.Context, in autobahn.MyappAddComplexArgs) (autobahn.MyappAddComplexResult, error) {
	return autobahn.MyappAddComplexResult{C: in.A + in.B, Ci: in.Ai + in.Bi}, nil
}

func (calculator) MyappSplitName(_ context.Context, fullname string) (autobahn.MyappSplitNameResult, error) {
	forename, surname, _ := strings.Cut(fullname, " ")
	return autobahn.MyappSplitNameResult{Forename: forename, Surname: surname}, nil
}

func (calculator) MyappEchoComplex(_ context.Context, in autobahn.MyappEchoComplexArgs) (autobahn.MyappEchoComplexResult, error) {
	return autobahn.MyappEchoComplexResult(in), nil
}

func (calculator) MyappSqrt(_ context.Context, x float64) (autobahn.Number, error) {
	switch {
	case x == 0:
		return nil, errors.New("don't ask")
	case x < 0:
		return nil, &autobahn.FailedError{Message: "negative", A: 23, B: 9}
	}
	return new(autobahn.NumberText(strconv.FormatFloat(math.Sqrt(x), 'f', 6, 64))), nil
}

func (calculator) MyappCheckname(_ context.Context, name string) error {
	lower, upper := strings.ToLower(name), strings.ToUpper(name)
	switch {
	case name == "foo" || name == "bar":
		return &autobahn.ReservedError{}
	case lower != upper:
		return &autobahn.MixedCaseError{Lower: lower, Upper: upper}
	case len(name) < 3 || len(name) > 10:
		return &autobahn.InvalidLengthError{Min: 3, Max: 10}
	}
	return nil
}

func (calculator) MyappCompare(_ context.Context, in autobahn.MyappCompareArgs) error {
	if in.A < in.B {
		return &autobahn.Error1Error{Difference: in.B - in.A}
	}
	return nil
}

func (calculator) MyappSquare(_ context.Context, val int) (int, error) { return val * val, nil }

func (calculator) MyappLongop(_ context.Context, n int, out wamp.Sender[int]) (int, error) {
	for i := range n {
		if err := out.Send(i); err != nil {
			return 0, err
		}
	}
	return n, nil
}
