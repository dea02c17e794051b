package rolling

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// row is a row of the table.
type row struct{ restart, idempotent bool }

// mustNotFail reports whether no call of the row may fail: a call that is not
// idempotent may, when the router dies under it.
func (r row) mustNotFail() bool { return r.idempotent || !r.restart }

// String names the row.
func (r row) String() string {
	what, kind := "callees replaced", "other"
	if r.restart {
		what = "router restarted"
	}
	if r.idempotent {
		kind = "idempotent"
	}
	return what + "\t" + kind
}

// table is what became of the calls.
type table map[row]*outcome

type outcome struct {
	took                   []time.Duration
	failed, late, repeated int
}

func (t table) add(r row, took time.Duration, repeated int, err error) {
	o := t[r]
	if o == nil {
		o = new(outcome)
		t[r] = o
	}
	o.took = append(o.took, took)
	o.repeated += repeated
	if err != nil {
		o.failed++
	}
	if took >= late {
		o.late++
	}
}

// print writes the table.
func (t table) print(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "while\tcalls are\tmade\tfailed\tlate\trepeated\tp50\tp99")
	for _, r := range []row{{false, true}, {false, false}, {true, true}, {true, false}} {
		o := t[r]
		if o == nil {
			o = new(outcome)
		}
		slices.Sort(o.took)
		fmt.Fprintf(tw, "%v\t%d\t%d\t%d\t%d\t%v\t%v\n", r, len(o.took), o.failed, o.late, o.repeated, o.percentile(50), o.percentile(99))
	}
	return tw.Flush()
}

// percentile returns how long all but a few calls took at most.
func (o *outcome) percentile(p int) time.Duration {
	if len(o.took) == 0 {
		return 0
	}
	return o.took[(len(o.took)-1)*p/100].Round(10 * time.Microsecond)
}

// check returns what should not be, after so many restarts.
func (t table) check(restarts int) error {
	for _, r := range []row{{false, true}, {false, false}, {true, true}, {true, false}} {
		switch o := t[r]; {
		case o == nil && r.restart && restarts == 0:
		case o == nil:
			return fmt.Errorf("no call was made: %v", r)
		case o.failed > 0 && r.mustNotFail():
			return fmt.Errorf("%d calls failed: %v", o.failed, r)
		}
	}
	return nil
}
