package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// keysSchema has structs of 7 and of 64 fields.
func keysSchema() string {
	var b strings.Builder
	b.WriteString(`wampgen: 1
api: {name: keys, uri: com.example.keys, go: {package: keys}}
types:
  Narrow: {fields: {id: int64, from: string, to: string, amount: float64, currency: string, booked: bool, tags: list<string>}}
  Wide:
    fields:
`)
	for i := range 64 {
		fmt.Fprintf(&b, "      field_%d: %s\n", i, []string{"int64", "string", "bool"}[i%3])
	}
	return b.String()
}

// keysProgram decodes them, with the keys in the order of the schema and in
// others, and prints nanoseconds. DECODE is how generated code does it.
const keysProgram = `package main

import (
	"fmt"
	"log"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"measure/keys"
)

const rounds, times = 200, 200

var random = rand.New(rand.NewPCG(1, 1))

func main() {
	narrow := map[string]any{"id": 7, "from": "DE89370400440532013000", "to": "GB29NWBK60161331926819", "amount": 99.5, "currency": "EUR",
		"booked": true, "tags": []any{"rent", "monthly", "paid"}}
	wide := map[string]any{}
	for i := range 64 {
		wide[fmt.Sprint("field_", i)] = []any{i, fmt.Sprint("text ", i), true}[i%3]
	}
	measure("7 fields", []string{"id", "from", "to", "amount", "currency", "booked", "tags"}, narrow, func(d *codec.Decoder) {
		var v keys.Narrow
		DECODE
	})
	var names []string
	for i := range 64 {
		names = append(names, fmt.Sprint("field_", i))
	}
	measure("64 fields", names, wide, func(d *codec.Decoder) {
		var v keys.Wide
		DECODE
	})
}

func measure(what string, names []string, values map[string]any, decode func(*codec.Decoder)) {
	orders := [][]string{names, slices.Sorted(slices.Values(names))}
	for range 2 { // as Go's maps send them
		shuffled := slices.Clone(names)
		random.Shuffle(len(names), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		orders = append(orders, shuffled)
	}
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		for i, order := range orders {
			var e codec.Encoder
			e.Reset(f, nil)
			e.Map(len(order))
			for _, name := range order {
				e.Key(name)
				e.Any(values[name])
			}
			e.EndMap()
			raw := codec.Raw{Format: f, Data: e.Bytes()}
			var d codec.Decoder
			least := time.Hour
			for range rounds {
				begin := time.Now()
				for range times {
					d.Start(raw, "")
					decode(&d)
				}
				least = min(least, time.Since(begin))
			}
			if d.Err() != nil {
				log.Fatal(d.Err())
			}
			fmt.Printf("%v, %s, %s: %d\n", f, what, []string{"in order", "sorted", "shuffled", "shuffled again"}[i], int(least)/times)
		}
	}
}
`

// decoding compares how fast keys in any order are decoded. The least of many
// short rounds says what a busy machine hides.
func decoding(t *table, old, now *tree, _, rounds int) error {
	for tree, decode := range map[*tree]string{old: "v.UnmarshalWAMP(d)", now: "v.CodeWAMP(d.Coder())"} {
		if err := tree.write("keys/keys.wamp.yaml", keysSchema()); err != nil {
			return err
		}
		if _, err := spend(filepath.Join(tree.module, "keys"), tree.wampgen, "generate", "keys.wamp.yaml"); err != nil {
			return err
		}
		program := strings.ReplaceAll(keysProgram, "DECODE", decode)
		if err := tree.write("order/main.go", program); err != nil {
			return err
		}
		if _, err := run(tree.module, "go", "build", "-o", "order.bin", "./order"); err != nil {
			return err
		}
	}
	var names []string
	figures := map[string][2]float64{}
	for range rounds {
		for i, tree := range []*tree{old, now} {
			out, err := run(tree.module, filepath.Join(tree.module, "order.bin"))
			if err != nil {
				return err
			}
			for line := range strings.Lines(out) {
				name, figure, _ := strings.Cut(strings.TrimSpace(line), ": ")
				ns, err := strconv.ParseFloat(figure, 64)
				if err != nil {
					return err
				}
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
				pair := figures[name]
				if pair[i] == 0 || ns < pair[i] {
					pair[i] = ns
				}
				figures[name] = pair
			}
		}
	}
	for _, name := range names {
		t.ratio("decode "+name, "ns", figures[name][0], figures[name][1], 1)
	}
	return nil
}

// benchmark is one line of a benchmark of the codec.
var benchmark = regexp.MustCompile(`(?m)^BenchmarkPeers(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op`)

// peers compares the codec with others, in many short rounds of its own
// benchmark. They are long enough for the garbage that is part of the work.
func peers(t *table, _, now *tree, _, _ int) error {
	binary := filepath.Join(now.module, "codec.test")
	if _, err := run(now.root, "go", "test", "-c", "-o", binary, "./runtime/codec"); err != nil {
		return err
	}
	least := map[string]float64{}
	for range 8 {
		out, err := run(filepath.Join(now.root, "runtime", "codec"), binary, "-test.run=^$", "-test.bench=Peers", "-test.benchtime=20ms", "-test.count=4")
		if err != nil {
			return err
		}
		for _, m := range benchmark.FindAllStringSubmatch(out, -1) {
			ns, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				return err
			}
			if l, ok := least[m[1]]; !ok || ns < l {
				least[m[1]] = ns
			}
		}
	}
	for _, row := range []struct {
		name, other string
		bar         float64
	}{
		{"Encode/msgpack", "hand-written", 1.6}, {"Encode/msgpack", "hand-written-unchecked", 3.5}, {"Encode/json", "encoding", 0.4},
		{"Decode/msgpack", "ugorji", 0.65}, {"Decode/cbor", "ugorji", 0.65}, {"Decode/json", "encoding", 0.25},
	} {
		theirs, ours := least[row.name+"/"+row.other], least[row.name+"/generated"]
		if theirs == 0 || ours == 0 {
			return fmt.Errorf("there is no benchmark of %s beside %s", row.name, row.other)
		}
		t.ratio(strings.ToLower(row.name)+" beside "+row.other, "ns", theirs, ours, row.bar)
	}
	return nil
}
