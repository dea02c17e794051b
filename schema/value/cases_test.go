package value_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema/value"
)

// There is a case at both sides of every border, and absence, null and other kinds
// are among them.
func TestMessage_Cases(t *testing.T) {
	m := model(t, shop)
	cases := value.Arguments(procedure(t, m, "place")).Cases()
	var got []string
	for _, c := range cases {
		what := "fits"
		if c.Problem != nil {
			what = c.Problem.Error()
		}
		got = append(got, c.Path+" = "+c.Value+": "+what)
	}
	for _, want := range []string{
		"customer = : customer: want string, missing",
		"customer = 5: customer: want string, got int",
		`customer = "äß€😀": fits`,
		"lines = []: lines: want at least 1 item, got fewer",
		"priority = null: fits",
		"priority = 9: fits",
		"priority = -987654321: priority: want one of 1, 9, got another int",
		"coupon = : fits",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no case %s", want)
		}
	}
	inner := strings.Join(got, "\n")
	for _, want := range []string{
		"lines[0].quantity: want at least 1, got less", "lines[0].quantity: want at most 999, got more", "lines[0].sku: want string, missing",
		"lines[0].sku: want at most 12 characters, got more", "lines[0].price: want decimal such as 12.50, got another string",
	} {
		if !strings.Contains(inner, want) {
			t.Errorf("no case with %s in\n%s", want, inner)
		}
	}
	pays := value.Arguments(procedure(t, m, "pay")).Cases()
	if !slices.ContainsFunc(pays, func(c value.Case) bool {
		return c.Problem != nil && c.Problem.Path == "payment.kind" && c.Problem.Rule == "required"
	}) {
		t.Error("no payment without a kind")
	}
	again := value.Arguments(procedure(t, m, "pay")).Cases()
	if len(again) != len(pays) || len(pays) > 500 {
		t.Errorf("%d cases, and %d the next time", len(pays), len(again))
	}
}
