package guides

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/examples/guides/waapi"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// wwise plays Wwise, which is the router of its own API: it reads what stands in the
// Options of calls and subscriptions, and refuses what it does not know. It has one
// object, a sound.
type wwise struct {
	peer  *wamptest.Peer
	sound map[string]any
	asked map[string][]string // what subscribers ask for, by topic
}

const guid = "{aabbcc00-1122-3344-5566-77889900aabb}"

func startWwise(t *testing.T) *wamptest.Script {
	t.Helper()
	script := wamptest.NewScript(t, wamptest.WebSocket, codec.JSON)
	script.Serve(func(p *wamptest.Peer) {
		w := &wwise{p, map[string]any{
			"id": guid, "name": "Rain", "type": "Sound", "path": `\Actor-Mixer Hierarchy\Rain`,
			"@Inclusion": true, "@Volume": -3.5, "@Pitch": 0, "parent": map[string]any{"id": guid, "name": "Weather"},
		}, map[string][]string{}}
		p.Join()
		for {
			m, err := p.Next()
			if err != nil {
				return
			}
			w.answer(m)
		}
	})
	return script
}

func (w *wwise) answer(m wamptest.Message) {
	switch m.Type() {
	case wamptest.Subscribe:
		w.asked[m.Text(3)] = texts(m.Dict(2)["return"])
		w.peer.Send(wamptest.Message{wamptest.Subscribed, m.ID(1), w.subscription(m.Text(3))})
	case wamptest.Call:
		w.call(m)
	default:
		if answer := wamptest.Answer(m); answer != nil {
			w.peer.Send(answer)
		}
	}
}

// subscription is the id of a topic's subscription.
func (w *wwise) subscription(topic string) int {
	return 1 + slices.Index([]string{"ak.wwise.core.object.created", "ak.wwise.core.object.nameChanged", "ak.wwise.core.object.propertyChanged",
		"ak.wwise.ui.selectionChanged", "ak.wwise.core.transport.stateChanged"}, topic)
}

func (w *wwise) call(m wamptest.Message) {
	procedure, options, in := m.Text(3), m.Dict(2), m.Dict(5)
	known := map[string]string{
		"ak.wwise.core.getInfo":                 "",
		"ak.wwise.core.object.get":              "waql from transform",
		"ak.wwise.core.object.create":           "parent type name onNameConflict notes children",
		"ak.wwise.core.object.setName":          "object value",
		"ak.wwise.core.object.setProperty":      "object property value platform",
		"ak.wwise.core.object.delete":           "object",
		"ak.wwise.ui.getSelectedObjects":        "",
		"ak.wwise.core.transport.create":        "object gameObject",
		"ak.wwise.core.transport.executeAction": "action transport",
		"ak.soundengine.postEvent":              "event gameObject",
	}[procedure]
	for key := range in {
		if !strings.HasPrefix(key, "@") && !slices.Contains(strings.Fields(known), key) {
			w.fail(m, "ak.wwise.invalid_arguments", "Argument "+key+" is unknown.")
			return
		}
	}
	for key := range options {
		if !slices.Contains([]string{"return", "platform", "language"}, key) {
			w.fail(m, "ak.wwise.invalid_options", "Option "+key+" is unknown.")
			return
		}
	}
	if len(m.List(4)) > 0 {
		w.fail(m, "ak.wwise.invalid_arguments", "Arguments are keywords.")
		return
	}
	w.do(m, procedure, texts(options["return"]), in)
}

func (w *wwise) do(m wamptest.Message, procedure string, fields []string, in map[string]any) {
	switch procedure {
	case "ak.wwise.core.getInfo":
		w.result(m, map[string]any{
			"apiVersion": 1, "displayName": "Wwise", "isCommandLine": false, "processId": 4711, "branch": "wwise_v2024.1",
			"version": map[string]any{"displayName": "v2024.1.4", "year": 2024, "major": 1, "minor": 4, "build": 8780, "schema": 118},
		})
	case "ak.wwise.core.object.get":
		w.result(m, map[string]any{"return": []any{w.show(fields)}})
	case "ak.wwise.ui.getSelectedObjects":
		w.result(m, map[string]any{"objects": []any{w.show(fields)}})
	case "ak.wwise.core.object.create":
		if in["onNameConflict"] == nil {
			w.fail(m, "ak.wwise.invalid_arguments", "'parent' already has child with same name.")
			return
		}
		made := map[string]any{"id": guid, "name": in["name"]}
		if children, ok := in["children"].([]any); ok {
			child, _ := children[0].(map[string]any)
			made["children"] = []any{map[string]any{"id": guid, "name": fmt.Sprint(child["name"], child["@Volume"], in["@Inclusion"])}}
		}
		w.result(m, made)
		w.event("ak.wwise.core.object.created", map[string]any{}, "object")
	case "ak.wwise.core.object.setName":
		old := w.sound["name"]
		w.sound["name"] = in["value"]
		w.result(m, nil)
		w.event("ak.wwise.core.object.nameChanged", map[string]any{"oldName": old, "newName": in["value"]}, "object")
	case "ak.wwise.core.object.setProperty":
		property, _ := in["property"].(string)
		old := w.sound["@"+property]
		w.sound["@"+property] = in["value"]
		w.result(m, nil)
		w.event("ak.wwise.core.object.propertyChanged", map[string]any{"property": property, "old": old, "new": in["value"]}, "object")
	case "ak.wwise.core.transport.create":
		w.result(m, map[string]any{"transport": 1234})
	case "ak.wwise.core.transport.executeAction":
		w.result(m, nil)
		w.event("ak.wwise.core.transport.stateChanged", map[string]any{"transport": in["transport"], "state": "playing", "object": guid, "gameObject": 7}, "")
	case "ak.soundengine.postEvent":
		if in["event"] == "Play_Rain" || in["event"] == int64(5) {
			w.result(m, map[string]any{"return": 42})
		}
	default:
		w.result(m, nil)
	}
}

// result answers with keywords. Wwise sends an empty dict for nothing.
func (w *wwise) result(m wamptest.Message, kwargs map[string]any) {
	if kwargs == nil {
		kwargs = map[string]any{}
	}
	w.peer.Send(wamptest.Message{wamptest.Result, m.ID(1), map[string]any{}, []any{}, kwargs})
}

func (w *wwise) fail(m wamptest.Message, uri, text string) {
	w.peer.Send(wamptest.Message{wamptest.Error, wamptest.Call, m.ID(1), map[string]any{}, uri, []any{},
		map[string]any{"message": text, "details": map[string]any{"procedureUri": m.Text(3)}}})
}

// event publishes, with what the subscriber asked of the sound under a key.
func (w *wwise) event(topic string, kwargs map[string]any, key string) {
	fields, subscribed := w.asked[topic]
	if !subscribed {
		return
	}
	if key != "" {
		kwargs[key] = w.show(fields)
	}
	w.peer.Send(wamptest.Message{wamptest.Event, w.subscription(topic), 1, map[string]any{}, []any{}, kwargs})
}

// show returns fields of the sound, id and name if nobody asks.
func (w *wwise) show(fields []string) map[string]any {
	if len(fields) == 0 {
		fields = []string{"id", "name"}
	}
	shown := maps.Clone(w.sound)
	maps.DeleteFunc(shown, func(key string, _ any) bool { return !slices.Contains(fields, key) })
	return shown
}

func texts(list any) (all []string) {
	values, _ := list.([]any)
	for _, v := range values {
		text, _ := v.(string)
		all = append(all, text)
	}
	return all
}

func TestExisting_WAAPI(t *testing.T) {
	script := startWwise(t)
	client, err := wamp.Connect(t.Context(), script.URL(), "realm1", wamp.WithNetDial(script.NetDial), wamp.WithSerializers(codec.JSON))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close(t.Context())
	ctx, w := t.Context(), waapi.NewCaller(client)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	info, err := w.GetInfo(ctx)
	if err != nil || info.DisplayName != "Wwise" || info.Version.Build != 8780 || info.Version.Extra["schema"] != int64(118) {
		t.Errorf("got %+v, %v", info, err)
	}
	fields := waapi.WithObjectGetReturn([]string{"id", "name", "parent", "@Inclusion", "@Volume", "@Pitch"})
	found, err := w.ObjectGet(ctx, waapi.ObjectGetArgs{From: &waapi.Query{Path: []string{`\Actor-Mixer Hierarchy\Rain`}}}, fields)
	must(err)
	sound := found.Return[0]
	if *sound.ID != guid || *sound.Name != "Rain" || !*sound.Inclusion || *sound.Volume != -3.5 || *sound.Parent.Name != "Weather" ||
		sound.Path != nil || sound.Extra["@Pitch"] != int64(0) {
		t.Errorf("got %+v", sound)
	}
	if found, err = w.ObjectGet(ctx, waapi.ObjectGetArgs{Waql: new("$ from type Sound")}); err != nil || *found.Return[0].Name != "Rain" || found.Return[0].Volume != nil {
		t.Errorf("got %+v, %v", found, err)
	}
	selected, err := w.GetSelectedObjects(ctx, waapi.WithGetSelectedObjectsReturn([]string{"path"}))
	if err != nil || *selected.Objects[0].Path != `\Actor-Mixer Hierarchy\Rain` {
		t.Errorf("got %+v, %v", selected, err)
	}

	create := waapi.ObjectCreateArgs{
		Parent: guid, Type: "Folder", Name: "Weather", Properties: map[string]any{"@Inclusion": false},
		Children: []waapi.Child{{Type: "Sound", Name: "Storm", Extra: map[string]any{"@Volume": -6}}},
	}
	_, err = w.ObjectCreate(ctx, create)
	refused, ok := errors.AsType[*waapi.InvalidArgumentsError](err)
	if !ok || refused.Message != "'parent' already has child with same name." || refused.Details["procedureUri"] != waapi.ObjectCreateProcedure {
		t.Errorf("got %v", err)
	}
	rename := waapi.ConflictRename
	create.OnNameConflict = &rename
	made, err := w.ObjectCreate(ctx, create)
	if err != nil || made.ID != guid || made.Children[0].Name != "Storm-6 false" {
		t.Errorf("got %+v, %v", made, err)
	}
	create.Properties = map[string]any{"volume": 1}
	if _, err = w.ObjectCreate(ctx, create); !errors.As(err, &refused) || refused.Message != "Argument volume is unknown." {
		t.Errorf("got %v", err)
	}
	_, err = w.GetInfo(ctx, wamp.WithOption("_trace", "x"))
	if options, ok := errors.AsType[*waapi.InvalidOptionsError](err); !ok || options.Message != "Option _trace is unknown." {
		t.Errorf("got %v", err)
	}
	if err := w.ObjectDelete(ctx, waapi.ObjectDeleteArgs{Object: guid}); err != nil {
		t.Error(err)
	}

	renamed, changed, states := make(chan waapi.ObjectNameChanged, 1), make(chan waapi.ObjectPropertyChanged, 2), make(chan waapi.TransportStateChanged, 1)
	_, err = waapi.SubscribeObjectNameChanged(ctx, client, into(renamed), waapi.WithObjectNameChangedReturn([]string{"id", "path"}))
	must(err)
	_, err = waapi.SubscribeObjectPropertyChanged(ctx, client, into(changed), waapi.WithObjectPropertyChangedObject(guid), waapi.WithObjectPropertyChangedProperty([]string{"Volume"}))
	must(err)
	_, err = waapi.SubscribeTransportStateChanged(ctx, client, into(states), waapi.WithTransportStateChangedTransport(1234))
	must(err)
	must(w.ObjectSetName(ctx, waapi.ObjectSetNameArgs{Object: guid, Value: "Drizzle"}))
	if ev := <-renamed; ev.OldName != "Rain" || ev.NewName != "Drizzle" || ev.Object.Path == nil || ev.Object.Name != nil {
		t.Errorf("got %+v", ev)
	}
	must(w.ObjectSetProperty(ctx, waapi.ObjectSetPropertyArgs{Object: guid, Property: "Volume", Value: new(waapi.ValueNumber(-9))}))
	if ev := <-changed; *ev.Old.(*waapi.ValueNumber) != -3.5 || *ev.New.(*waapi.ValueNumber) != -9 || *ev.Object.Name != "Drizzle" {
		t.Errorf("got %+v", ev)
	}
	must(w.ObjectSetProperty(ctx, waapi.ObjectSetPropertyArgs{Object: guid, Property: "Volume"}))
	if ev := <-changed; ev.New != nil {
		t.Errorf("got %+v", ev)
	}

	transport, err := w.TransportCreate(ctx, waapi.TransportCreateArgs{Object: guid, GameObject: new(waapi.GameObject(1<<64 - 1))})
	must(err)
	must(w.TransportExecuteAction(ctx, waapi.TransportExecuteActionArgs{Action: waapi.ActionPlay, Transport: &transport.Transport}))
	if ev := <-states; ev.State != waapi.StatePlaying || ev.Transport != 1234 || *ev.GameObject != 7 {
		t.Errorf("got %+v", ev)
	}
	for _, event := range []waapi.Event{new(waapi.EventName("Play_Rain")), new(waapi.EventShortID(5))} {
		if played, err := w.PostEvent(ctx, waapi.PostEventArgs{Event: event, GameObject: 7}); err != nil || *played.Return != 42 {
			t.Errorf("got %+v, %v", played, err)
		}
	}
}

// into returns a handler that hands events on.
func into[T any](events chan<- T) func(context.Context, T) error {
	return func(_ context.Context, ev T) error {
		events <- ev
		return nil
	}
}
