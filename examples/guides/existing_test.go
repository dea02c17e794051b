package guides

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/examples/guides/weather"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// station plays the Python program: it registers untyped handlers and returns what
// the real one returns.
func station(t *testing.T, client *wamp.Client) {
	t.Helper()
	row := map[string]any{"temp_c": 21, "at": "2026-11-26T08:00:00Z", "sensor": nil, "humidity": 0.4}
	for uri, handler := range map[string]func(context.Context, wamp.Payload) (wamp.Payload, error){
		"io.station.current": func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: []any{row}}, nil
		},
		"io.station.v0.range": func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: []any{[]any{row, row}}, Kwargs: map[string]any{"total": 2}}, nil
		},
		"io.station.reset": func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: []any{nil}}, nil // as Python returns None
		},
	} {
		if _, err := client.Register(t.Context(), uri, handler); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExisting_Station(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		station(t, realm.Client(t))
		caller := weather.NewCaller(realm.Client(t))

		now, err := caller.Current(t.Context(), weather.CurrentArgs{Place: "roof"})
		if err != nil || now.TempC != 21 || now.Sensor != nil {
			t.Errorf("got %+v, %v", now, err)
		}
		week, err := caller.Range(t.Context(), weather.RangeArgs{Place: "roof", FromDay: wamp.Date{Year: 2026, Month: time.November, Day: 20}})
		if err != nil || len(week.Rows) != 2 || week.Total != 2 {
			t.Errorf("got %+v, %v", week, err)
		}
		if err := caller.Reset(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
