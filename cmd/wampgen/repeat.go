package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/cmd/wampgen/internal/conform"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/value"
)

// repeat is the command line that makes a call again. It has no schema, which would
// not let input leave that does not fit.
func (k *conforming) repeat(c *conform.Call) string {
	words := []string{"wampgen", "call"}
	if k.dir != "" {
		words = append(words, "-C", k.dir)
	}
	words = append(append(words, k.to.Words()...), "--raw")
	if c.Progress {
		words = append(words, "--progress")
	}
	if c.Timeout > 0 {
		words = append(words, "--timeout", c.Timeout.String())
	}
	words = append(words, c.URI)
	before := ""
	if args, ok := rawWords(c.Payload); ok {
		words = append(words, args...)
	} else {
		before = "printf %s " + shellQuote(string(value.JSON(c.Payload))) + " | "
		words = append(words, "--input", "-")
	}
	for i, word := range words {
		words[i] = shellQuote(word)
	}
	text := before + strings.Join(words, " ")
	if len(c.Chunks) > 0 {
		text += "  # and its chunks"
	}
	return text
}

// rawWords are the arguments of call --raw for a payload; ok is false if a keyword
// cannot stand before =.
func rawWords(p value.Payload) (words []string, ok bool) {
	for _, v := range p.Args {
		words = append(words, string(data.Of(v).AppendJSON(nil)))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Kwargs)) {
		word := name + "="
		if m := namedWord.FindString(word); m != word {
			return nil, false
		}
		words = append(words, word+string(data.Of(p.Kwargs[name]).AppendJSON(nil)))
	}
	return words, true
}
