package main

import (
	"flag"
	"testing"

	"github.com/wampgen/wampgen/cmd/wampgen/internal/conform"
	"github.com/wampgen/wampgen/cmd/wampgen/internal/connection"
	"github.com/wampgen/wampgen/schema/value"
)

// A shell makes the same call of a command line, whatever the input is.
func TestRepeat(t *testing.T) {
	k := &conforming{command: &command{dir: "my api"}, to: connection.Flags(flag.NewFlagSet("", flag.ContinueOnError))}
	for want, c := range map[string]conform.Call{
		`wampgen call -C 'my api' --raw a.b -5 1.5 null '"it'\''s"' '[true]' '"\u0000AQI="'`: {
			URI: "a.b", Payload: value.Payload{Args: []any{int64(-5), 1.5, nil, "it's", []any{true}, []byte{1, 2}}}},
		`wampgen call -C 'my api' --raw --progress a.b 'n={"x":1}'`: {
			URI: "a.b", Progress: true, Payload: value.Payload{Kwargs: map[string]any{"n": map[string]any{"x": int64(1)}}}},
		`printf %s '{"kwargs":{"a b":1}}' | wampgen call -C 'my api' --raw a.b --input -`: {
			URI: "a.b", Payload: value.Payload{Kwargs: map[string]any{"a b": int64(1)}}},
		`wampgen call -C 'my api' --raw a.b  # and its chunks`: {URI: "a.b", Chunks: []value.Payload{{}}},
	} {
		if got := k.repeat(&c); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
