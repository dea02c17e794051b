package templates

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var (
	key = wamp.UUID{1, 15: 2}
	at  = time.Date(2026, 8, 22, 10, 30, 0, 0, time.UTC)
)

// TestValues: the parameters of a URI are no part of a payload.
func TestValues(t *testing.T) {
	roundtrip.Events(t, deviceState, DeviceState{State: "on"}, DeviceState{State: "off", Level: new(LevelHigh)})
	roundtrip.Events(t, levelReached, LevelReached{At: at})
	roundtrip.Inputs(t, sensorCalibrate, SensorCalibrateArgs{Offset: 2})
	roundtrip.Wire(t, roundtrip.Put(roundtrip.Event(deviceState), DeviceState{DeviceID: "d", State: "on"}), `["on"]`, "")
	roundtrip.Wire(t, roundtrip.Put(roundtrip.Event(rackMoved), RackMoved{Row: 1, Side: SideLeft}), "", "")
}

// service answers with the parameters that it gets.
type service struct{}

var (
	_ Callee       = service{}
	_ AdminCallee  = service{}
	_ RackCallee   = service{}
	_ SensorCallee = service{}
)

func (service) CellGet(_ context.Context, p CellGetParams) (string, error) {
	return fmt.Sprint(p.X, ",", p.Y), nil
}
func (service) DeviceName(_ context.Context, id DeviceID) (string, error) {
	return "name of " + string(id), nil
}
func (service) Files(_ context.Context, path string) (string, error) { return path, nil }
func (service) Legacy(_ context.Context, key wamp.UUID, in LegacyArgs) (string, error) {
	return fmt.Sprint(key, in.A, in.B), nil
}
func (service) Switch(_ context.Context, on bool) (bool, error) { return on, nil }
func (service) Ping(context.Context) error                      { return nil }
func (service) RackLoad(_ context.Context, p RackParams) (int, error) {
	return p.Row + len(p.Side), nil
}
func (service) SensorCalibrate(_ context.Context, id uint32, in SensorCalibrateArgs) error {
	if in.Offset != float64(id) {
		return errors.New("another offset")
	}
	return nil
}
func (service) SensorRead(_ context.Context, id uint32, channel int8) (float64, error) {
	return float64(id) + float64(channel)/10, nil
}
func (service) SensorWatch(_ context.Context, id uint32, out wamp.Sender[int]) error {
	return out.Send(int(id))
}

// everywhere runs f with two clients of nexus and of the router in memory.
func everywhere(t *testing.T, f func(ctx context.Context, t *testing.T, callee, caller *wamp.Client)) {
	roundtrip.Apart(t, f)
	t.Run("memory", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := wamptest.NewRealm(t)
			f(t.Context(), t, r.Client(t), r.Client(t))
		})
	})
}

func TestCalls(t *testing.T) {
	everywhere(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		_, all := Register(ctx, callee, service{})
		_, admin := RegisterAdmin(ctx, callee, service{})
		_, racks := RegisterRacks(ctx, callee, service{})
		_, sensor := RegisterSensor(ctx, callee, 7, service{})
		if err := errors.Join(all, admin, racks, sensor); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		gives(t, "1,-2")(c.CellGet(ctx, CellGetParams{1, -2}))
		gives(t, "name of ä-1")(c.DeviceName(ctx, "ä-1"))
		gives(t, "a.b.c")(c.Files(ctx, "a.b.c"))
		gives(t, key.String()+" 1 2")(c.Legacy(ctx, key, LegacyArgs{1, 2}))
		gives(t, true)(c.Switch(ctx, true))
		gives(t, 13)(c.RackLoad(ctx, RackParams{8, SideRight}))
		gives(t, 7.3)(c.SensorRead(ctx, 7, 3))
		if err := errors.Join(c.Ping(ctx), c.SensorCalibrate(ctx, 7, SensorCalibrateArgs{7}), c.SensorWatch(ctx, 7)); err != nil {
			t.Error(err)
		}
		for n, err := range c.SensorWatchStream(ctx, 7).All() {
			gives(t, 7)(n, err)
		}
		if _, err := c.SensorRead(ctx, 8, 0); !errors.Is(err, wamp.ErrNoSuchProcedure) {
			t.Errorf("a sensor that nobody registered: %v", err)
		}
		roundtrip.Wrong(ctx, t, caller, "com.example.templates.rack.x.left.load", nil, nil,
			"wamp: parameter row of "+RackLoadProcedure+" must be an integer in range")
		roundtrip.Wrong(ctx, t, caller, "com.example.templates.rack.1.up.load", nil, nil,
			"wamp: parameter side of "+RackLoadProcedure+" is not valid: want one of left, right")
	})
}

// gives wants a result.
func gives[T comparable](t *testing.T, want T) func(T, error) {
	return func(got T, err error) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
}

// TestInstances: a callee for one instance goes before the pattern for all, and
// two callees serve two instances.
func TestInstances(t *testing.T) {
	everywhere(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		one, err := RegisterSensor(ctx, callee, 1, service{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = RegisterSensor(ctx, caller, 2, service{}); err != nil {
			t.Fatal(err)
		}
		if _, err = RegisterSensor(ctx, caller, 1, service{}); !errors.Is(err, wamp.ErrProcedureAlreadyExists) {
			t.Errorf("one sensor twice: %v", err)
		}
		c := NewCaller(caller)
		gives(t, 1.5)(c.SensorRead(ctx, 1, 5))
		gives(t, 2.5)(c.SensorRead(ctx, 2, 5))
		if err := one.Unregister(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err = RegisterSensors(ctx, callee, service{}); err != nil {
			t.Fatal(err)
		}
		gives(t, 1.5)(c.SensorRead(ctx, 1, 5))
		gives(t, 3.5)(c.SensorRead(ctx, 3, 5))
	})
}

// TestRefused: what a URI cannot have is refused before anything is sent.
func TestRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, client := t.Context(), wamptest.NewRealm(t).Client(t)
		c := NewCaller(client)
		_, dots := c.DeviceName(ctx, "SECRET.x")
		_, empty := c.Files(ctx, "")
		_, side := c.RackLoad(ctx, RackParams{1, "SECRET"})
		_, rack := RegisterRack(ctx, client, RackParams{1, "SECRET"}, service{})
		_, match := SubscribeDeviceState(ctx, client, DeviceStateMatch{new(DeviceID("SECRET#"))}, nil)
		for _, err := range []error{dots, empty, side, rack, match, PublishAudit(ctx, client, Audit{Path: "SECRET x"})} {
			var bad *wamp.URIError
			if !errors.As(err, &bad) || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("got %v", err)
			}
		}
	})
}

func TestEvents(t *testing.T) {
	everywhere(t, func(ctx context.Context, t *testing.T, subscriber, publisher *wamp.Client) {
		exact, all, rest := make(chan DeviceState, 9), make(chan DeviceState, 9), make(chan Audit, 9)
		mixed := make(chan RackMoved, 9)
		_, e1 := SubscribeDeviceState(ctx, subscriber, DeviceStateMatch{new(DeviceID("d1"))}, into(exact))
		_, e2 := SubscribeDeviceState(ctx, subscriber, DeviceStateMatch{}, into(all))
		_, e3 := SubscribeAudit(ctx, subscriber, AuditMatch{}, into(rest))
		_, e4 := SubscribeRackMoved(ctx, subscriber, RackMovedMatch{Side: new(SideLeft)}, into(mixed))
		publish := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		publish(errors.Join(e1, e2, e3, e4))
		one, two := DeviceState{DeviceID: "d1", State: "on"}, DeviceState{DeviceID: "d2", State: "off", Level: new(LevelLow)}
		publish(PublishDeviceState(ctx, publisher, two, wamp.WithAcknowledge()))
		publish(PublishDeviceState(ctx, publisher, one, wamp.WithAcknowledge()))
		roundtrip.Same(t, "exact", roundtrip.Receive(ctx, t, exact), one)
		roundtrip.Same(t, "all", roundtrip.Receive(ctx, t, all), two)
		roundtrip.Same(t, "all", roundtrip.Receive(ctx, t, all), one)
		entry := Audit{Path: "a.b", Entry: map[string]any{"n": int64(1)}}
		publish(PublishAudit(ctx, publisher, entry, wamp.WithAcknowledge()))
		roundtrip.Same(t, "rest", roundtrip.Receive(ctx, t, rest), entry)
		publish(PublishRackMoved(ctx, publisher, RackMoved{1, SideRight}, wamp.WithAcknowledge()))
		publish(PublishRackMoved(ctx, publisher, RackMoved{-2, SideLeft}, wamp.WithAcknowledge()))
		roundtrip.Same(t, "mixed", roundtrip.Receive(ctx, t, mixed), RackMoved{-2, SideLeft})
	})
}

// into is a handler that hands events on.
func into[T any](to chan<- T) func(context.Context, T) error {
	return func(_ context.Context, ev T) error { to <- ev; return nil }
}

// TestLoop: the events of a loop have their parameters too.
func TestLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := wamptest.NewRealm(t)
		subscriber, publisher := r.Client(t), r.Client(t)
		want := LevelReached{Level: 5, At: at}
		published := make(chan error, 1)
		go func() { // joined by published
			synctest.Wait() // until the loop waits for its first event
			published <- PublishLevelReached(t.Context(), publisher, want)
		}()
		for ev, err := range LevelReachedEvents(t.Context(), subscriber, LevelReachedMatch{}) {
			if err != nil || ev.Data != want || ev.Info.Topic != "com.example.templates.level.5.reached" {
				t.Errorf("got %+v, %v", ev, err)
			}
			break
		}
		if err := <-published; err != nil {
			t.Error(err)
		}
	})
}

// TestOperations: interceptors get the URI and the template that it is made of,
// for every kind of operation. What has no parameters has no template.
func TestOperations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		got := map[string]string{}
		note := wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
			mu.Lock()
			got[op.Kind.String()+" "+op.URI] = op.Template
			mu.Unlock()
			return next(ctx)
		})
		ctx, r := t.Context(), wamptest.NewRealm(t)
		callee, caller := r.Client(t, note), r.Client(t, note)
		c := NewCaller(caller)
		_, one := RegisterSensor(ctx, callee, 7, service{})
		_, all := RegisterSensors(ctx, callee, service{})
		_, admin := RegisterAdmin(ctx, callee, service{})
		_, read := c.SensorRead(ctx, 8, 0)
		for _, err := range c.SensorWatchStream(ctx, 7).All() {
			read = errors.Join(read, err)
		}
		_, sub := SubscribeDeviceState(ctx, caller, DeviceStateMatch{}, func(context.Context, DeviceState) error { return nil })
		err := errors.Join(one, all, admin, read, c.Ping(ctx), sub, PublishDeviceState(ctx, callee, DeviceState{DeviceID: "d"}))
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		const prefix = "com.example.templates."
		want := map[string]string{
			"register " + prefix + "sensor.7.calibrate": SensorCalibrateProcedure,
			"register " + prefix + "sensor..calibrate":  SensorCalibrateProcedure,
			"register " + prefix + "ping":               "",
			"call " + prefix + "sensor.8.read":          SensorReadProcedure,
			"invocation " + prefix + "sensor.8.read":    SensorReadProcedure,
			"call " + prefix + "sensor.7.watch":         SensorWatchProcedure,
			"invocation " + prefix + "sensor.7.watch":   SensorWatchProcedure,
			"call " + prefix + "ping":                   "",
			"invocation " + prefix + "ping":             "",
			"subscribe " + prefix + "device..state":     DeviceStateTopic,
			"publish " + prefix + "device.d.state":      DeviceStateTopic,
			"event " + prefix + "device.d.state":        DeviceStateTopic,
		}
		mu.Lock()
		defer mu.Unlock()
		if !maps.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
