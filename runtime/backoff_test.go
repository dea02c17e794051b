package wamp

import (
	"math"
	"testing"
	"time"
)

// The zero Backoff is the policy that the storm cases were measured with, and no
// value makes a pause that is none.
func TestBackoff_Pause(t *testing.T) {
	for _, test := range []struct {
		b           Backoff
		n           int
		least, most time.Duration
	}{
		{Backoff{}, 0, 100 * time.Millisecond, 1100 * time.Millisecond},
		{Backoff{}, 3, 100 * time.Millisecond, 8100 * time.Millisecond},
		{Backoff{}, 5, 100 * time.Millisecond, 20100 * time.Millisecond},
		{Backoff{}, math.MaxInt, 100 * time.Millisecond, 20100 * time.Millisecond},
		{Backoff{Min: -1, Base: -1, Max: -1}, 0, 100 * time.Millisecond, 1100 * time.Millisecond},
		{Backoff{Min: time.Second, Base: 10 * time.Second, Max: time.Second}, 7, time.Second, 2 * time.Second},
		{Backoff{Min: math.MaxInt64, Base: math.MaxInt64, Max: math.MaxInt64}, 9, 24 * time.Hour, 48 * time.Hour},
		{Backoff{Min: 1, Base: 1, Max: math.MaxInt64}, 2, 1, 5},
	} {
		b := test.b.withDefaults()
		for range 1000 {
			if d := b.pause(test.n); d < test.least || d > test.most {
				t.Fatalf("%+v after %d: %v", test.b, test.n, d)
			}
		}
	}
}

// A connection that was refused is tried again soon, however often it was: the
// longest pause is that of the default, or the policy's if that is shorter.
func TestBackoff_Unreached(t *testing.T) {
	for _, test := range []struct {
		b           Backoff
		n           int
		least, most time.Duration
	}{
		{Backoff{}, 0, 100 * time.Millisecond, 1100 * time.Millisecond},
		{Backoff{}, 1, 100 * time.Millisecond, 2100 * time.Millisecond},
		{Backoff{}, 3, 100 * time.Millisecond, 4750 * time.Millisecond},
		{Backoff{}, 4, 4600 * time.Millisecond, 4750 * time.Millisecond},
		{Backoff{}, math.MaxInt, 4600 * time.Millisecond, 4750 * time.Millisecond},
		{Backoff{Max: time.Second}, math.MaxInt, 100 * time.Millisecond, 1100 * time.Millisecond},
		{Backoff{Min: time.Minute}, 0, time.Minute, time.Minute + 150*time.Millisecond},
		{Backoff{Base: time.Hour, Max: time.Hour}, 0, 100 * time.Millisecond, 4750 * time.Millisecond},
		{Backoff{Min: math.MaxInt64, Base: math.MaxInt64, Max: math.MaxInt64}, 9, 24 * time.Hour, 25 * time.Hour},
	} {
		b := test.b.withDefaults()
		for range 1000 {
			if d := b.unreached(test.n); d < test.least || d > test.most {
				t.Fatalf("%+v after %d: %v", test.b, test.n, d)
			}
		}
	}
}

// A session's length lowers the count by degrees, and the pause after one that
// lasted for more than 8 s is no longer than the session was.
func TestBackoff_Lower(t *testing.T) {
	b := Backoff{}.withDefaults()
	for _, test := range []struct {
		n      int
		lasted time.Duration
		want   int
	}{
		{0, 0, 0}, {7, 0, 7}, {7, time.Second, 7}, {3, 3 * time.Second, 3},
		{7, 4 * time.Second, 4}, {5, 9 * time.Second, 3}, {100, 9 * time.Second, 3}, {1, 9 * time.Second, 0},
		{4, 29 * time.Second, 1}, {100, 30 * time.Second, 0}, {100, time.Hour, 0}, {2, -time.Second, 2},
	} {
		if got := b.lower(test.n, test.lasted); got != test.want {
			t.Errorf("%d failures, then %v: %d, want %d", test.n, test.lasted, got, test.want)
		}
	}
	for lasted := 9 * time.Second; lasted < time.Minute; lasted += time.Second {
		n := b.lower(math.MaxInt, lasted)
		if longest := b.Min + min(b.Max, b.Base<<n); longest > lasted {
			t.Errorf("after a session of %v a pause of up to %v", lasted, longest)
		}
	}
}
