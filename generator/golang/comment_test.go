package golang

import "testing"

// The first sentence of a documentation is that of the schema where its words
// allow it, and never one that nobody has written.
func TestFirstSentence(t *testing.T) {
	for doc, want := range map[string]string{
		"Places an order.\n\nMore.": "X places an order.\n\nMore.",
		"Sends all of them":         "X sends all of them",
		"Orders of the shop.":       "",
		"Prices that change.":       "",
		"This is a text.":           "",
		"Access the shop.":          "",
		"Place an order.":           "",
		"HTTPs the order.":          "",
		"Lists":                     "",
		"":                          "",
		"An order.":                 "",
		"gets an order":             "",
		" \t Returns the order.":    "X returns the order.",
		"Holt die Bestellung.":      "",
	} {
		if got, _ := acting("X", doc); got != want {
			t.Errorf("acting %q: %q, want %q", doc, got, want)
		}
	}
	for doc, want := range map[string]string{
		"An order as stored.\n\nIt is kept.": "X is an order as stored.\n\nIt is kept.",
		"The state of an order.":             "X is the state of an order.",
		"A price. The old one was lower.":    "X is a price. The old one was lower.",
		"The item is sold out.":              "",
		"A price may be negative.":           "",
		"An order":                           "",
		"Ann orders it.":                     "",
		"Orders.":                            "",
		"Those of e.g. a shop.":              "",
	} {
		if got, _ := being("X", doc); got != want {
			t.Errorf("being %q: %q, want %q", doc, got, want)
		}
	}
}
