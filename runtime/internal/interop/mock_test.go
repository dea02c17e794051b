package interop

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/value"
)

const mockedAPI = "../../../examples/shop/shop/shop.wamp.yaml"

// exchanged is what peers/mock.js reads, and what it says.
type exchanged struct {
	URI      string         `json:"uri,omitempty"`
	Topic    string         `json:"topic,omitempty"`
	Match    string         `json:"match,omitempty"`
	Args     []any          `json:"args"`
	Kwargs   map[string]any `json:"kwargs"`
	Progress []exchanged    `json:"progress,omitempty"`
	Error    string         `json:"error,omitempty"`
}

func (x exchanged) payload() value.Payload { return value.Payload{Args: x.Args, Kwargs: x.Kwargs} }

// TestMock_AutobahnJS: a front end in JavaScript calls every procedure of the shop and
// gets an event of every topic, and there is no service but wampgen mock.
func TestMock_AutobahnJS(t *testing.T) {
	modules := os.Getenv("WAMPGEN_NODE")
	if modules == "" {
		t.Skip(errNoNode)
	}
	src, err := os.ReadFile(mockedAPI)
	if err != nil {
		t.Fatal(err)
	}
	m, found := schema.Load(mockedAPI, src, os.ReadFile)
	if found.HasErrors() {
		t.Fatal(found)
	}
	realm := wamptest.StartRealm() // nexus sends bytes to clients with JSON in a form of its own
	defer realm.Close()
	server, err := realm.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	serveMock(t, server.URL())
	ctx, cancel := context.WithTimeout(t.Context(), exerciseLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "peers/mock.js", server.URL())
	cmd.Env, cmd.Stderr = append(os.Environ(), "NODE_PATH="+modules), os.Stderr
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
	lines := bufio.NewScanner(out)
	ask := func(x exchanged) (answer exchanged) {
		t.Helper()
		if err := json.NewEncoder(in).Encode(x); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() {
			t.Fatalf("%s%s: no answer", x.URI, x.Topic)
		}
		if err := json.Unmarshal(lines.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		v, err := codec.Raw{Format: codec.JSON, Data: lines.Bytes()}.Any() // with bytes, and with all digits
		if err != nil {
			t.Fatal(err)
		}
		doc, _ := v.(map[string]any)
		answer.Args, _ = doc["args"].([]any)
		answer.Kwargs, _ = doc["kwargs"].(map[string]any)
		return answer
	}
	for _, p := range m.Procedures {
		mockedCall(t, p, ask)
	}
	for _, topic := range m.Topics {
		uri, match := value.Pattern(topic.URI)
		if problems := value.Event(topic).Check(ask(exchanged{Topic: uri, Match: match}).payload()); len(problems) > 0 {
			t.Errorf("the event of %s: %v", topic.Name, problems)
		}
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// mockedCall calls a procedure with input that fits, and without any.
func mockedCall(t *testing.T, p *schema.Procedure, ask func(exchanged) exchanged) {
	t.Helper()
	params := &data.Value{Kind: data.Map}
	for _, f := range p.Params {
		v, _ := value.Sample(f.Type, 0)
		params.Map = append(params.Map, data.Entry{Key: f.Name, Value: data.Of(v)})
	}
	uri, problems := value.Address(p.URI, p.Params, params)
	input, ok := value.Arguments(p).Sample(0)
	if len(problems) > 0 || !ok {
		t.Fatalf("there is no input of %s: %v", p.Name, problems)
	}
	answer := ask(exchanged{URI: uri, Args: input.Args, Kwargs: input.Kwargs})
	if answer.Error != "" {
		t.Errorf("%s: %s %v", p.Name, answer.Error, answer.Args)
	}
	if problems := value.Result(p).Check(answer.payload()); len(problems) > 0 {
		t.Errorf("the result of %s: %v: %s", p.Name, problems, value.JSON(answer.payload()))
	}
	if (p.Progress != nil) != (len(answer.Progress) > 0) {
		t.Errorf("%s: progressive results %v", p.Name, answer.Progress)
	}
	for _, item := range answer.Progress {
		if problems := value.Progress(p).Check(item.payload()); len(problems) > 0 {
			t.Errorf("a progressive result of %s: %v", p.Name, problems)
		}
	}
	if needs := value.Arguments(p).Check(value.Payload{}); len(needs) > 0 {
		if answer := ask(exchanged{URI: uri, Args: []any{}}); answer.Error != "wamp.error.invalid_argument" {
			t.Errorf("%s without input: %v", p.Name, answer)
		}
	}
}

// serveMock runs wampgen mock until the test ends.
func serveMock(t *testing.T, url string) {
	t.Helper()
	cmd := exec.Command(builtTool(t), "mock", "--url", url, "--every", "100ms", mockedAPI)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the mock does not serve")
	}
	go func() {
		for lines.Scan() { // so that it never waits for us
		}
	}()
}

// builtTool returns the path of wampgen, built from this checkout.
func builtTool(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "wampgen")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/wampgen/wampgen/cmd/wampgen").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return binary
}
