package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// codecs runs the benchmarks of the codec beside foreign ones.
func codecs(rounds int) (string, error) {
	out, err := exec.Command("go", "test", "-run", "^$", "-bench", "^BenchmarkPeers(Encode|Decode)$",
		"-benchtime", "20000x", "-count", strconv.Itoa(rounds), "./runtime/codec").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go test ./runtime/codec: %w\n%s", err, out)
	}
	line := regexp.MustCompile(`(?m)^BenchmarkPeers(Encode|Decode)/(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op`)
	times := map[string][]float64{}
	for _, m := range line.FindAllStringSubmatch(string(out), -1) {
		ns, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return "", err
		}
		times[strings.ToLower(m[1])+"/"+m[2]] = append(times[strings.ToLower(m[1])+"/"+m[2]], ns)
	}
	var b strings.Builder
	b.WriteString("\nNanoseconds for one struct of seven fields: the generated code, written by hand on the\nsame codec, and the codec that nexus has (ugorji), with encoding/json for JSON.\n\n")
	b.WriteString("| | generated | by hand | others |\n|---|---|---|---|\n")
	for _, r := range codecRows {
		base := times[r[1]]
		if base == nil {
			return "", fmt.Errorf("%s did not run:\n%s", r[1], out)
		}
		fmt.Fprintf(&b, "| %s | %s |", r[0], number(spreadOf(base).middle))
		for _, other := range r[2:] {
			if times[other] == nil {
				b.WriteString(" |")
				continue
			}
			fmt.Fprintf(&b, " %s |", entry("", times[other], base))
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

// codecRows are the rows of the table: its name, and the benchmarks of its columns,
// empty where there is none.
var codecRows = [][4]string{
	{"MessagePack, encode", "encode/msgpack/generated", "encode/msgpack/hand-written", "encode/msgpack/ugorji"},
	{"MessagePack, decode", "decode/msgpack/generated", "", "decode/msgpack/ugorji"},
	{"MessagePack, decode, keys in another order", "decode/msgpack/generated-shuffled", "", "decode/msgpack/ugorji"},
	{"CBOR, encode", "encode/cbor/generated", "", "encode/cbor/ugorji"},
	{"CBOR, decode", "decode/cbor/generated", "", "decode/cbor/ugorji"},
	{"JSON, encode", "encode/json/generated", "", "encode/json/encoding"},
	{"JSON, decode", "decode/json/generated", "", "decode/json/encoding"},
}
