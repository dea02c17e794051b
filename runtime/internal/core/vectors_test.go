package core

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// The official vectors of the WAMP project, one message each; see testdata/vectors.

type vectorFile struct {
	Type    uint64         `json:"wamp_message_code"`
	Samples []vectorSample `json:"samples"`
}

type vectorSample struct {
	Description string                     `json:"description"`
	Serializers map[string][]vectorVariant `json:"serializers"`
	Expected    map[string]any             `json:"expected_attributes"`
	Wmsg        []any                      `json:"wmsg"`
	Error       *struct {
		Type     string `json:"type"`
		Contains string `json:"contains"`
	} `json:"expected_error"`
}

type vectorVariant struct {
	Bytes string `json:"bytes"`
	Hex   string `json:"bytes_hex"`
}

// data returns the bytes of a variant; where it is given twice, both must agree.
func (v vectorVariant) data(t *testing.T) []byte {
	t.Helper()
	b, err := hex.DecodeString(v.Hex)
	if err != nil {
		t.Fatal(err)
	}
	if v.Bytes != "" && len(b) > 0 && v.Bytes != string(b) {
		t.Fatalf("bytes and bytes_hex differ: %s", v.Bytes)
	}
	if len(b) == 0 {
		b = []byte(v.Bytes)
	}
	return b
}

// vectorFiles reads all vectors of single messages.
func vectorFiles(t *testing.T) map[string]vectorFile {
	t.Helper()
	paths, err := filepath.Glob("../../../testdata/vectors/singlemessage/*/*.json")
	if err != nil || len(paths) != 26 {
		t.Fatalf("%d files of vectors, want 26: %v", len(paths), err)
	}
	files := make(map[string]vectorFile, len(paths))
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var f vectorFile
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		if err := d.Decode(&f); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		files[strings.TrimSuffix(filepath.Base(path), ".json")] = f
	}
	return files
}

var vectorFormats = map[string]codec.Format{"json": codec.JSON, "msgpack": codec.MessagePack, "cbor": codec.CBOR}

// attribute gives the value that the vectors know under a name of their own.
func attribute(t *testing.T, m *Message, name string) any {
	t.Helper()
	c := contentOf(t, m)
	dict, _ := c.Details.(map[string]any)
	switch name {
	case "message_type":
		return int64(m.Type)
	case "request_type":
		return int64(m.RequestType)
	case "request_id":
		return int64(m.Request)
	case "session_id", "subscription", "subscription_id", "registration_id":
		return int64(m.ID)
	case "publication", "publication_id":
		return int64(m.ID + m.Publication - map[bool]uint64{true: m.ID}[m.Type == MsgEvent])
	case "topic", "procedure", "error", "reason", "realm":
		return m.URI
	case "method", "signature":
		return m.Text
	case "options", "details", "extra":
		if dict == nil {
			dict = map[string]any{}
		}
		return dict
	case "roles":
		return dict["roles"]
	case "args":
		return c.Args
	case "kwargs":
		return c.Kwargs
	case "payload":
		if m.Payload == nil {
			return nil
		}
		return hex.EncodeToString(m.Payload)
	}
	t.Fatalf("attribute %s is not known to this test", name)
	return nil
}

// R051, R052, R086 to R092, R095, R097 and docs/requirements.md 4.3: every variant of the 35 serialization samples in the three
// formats decodes, all are equal, have the expected attributes, and encode again to the bytes of a variant.
func TestF10_Serialization(t *testing.T) {
	samples, variants, same := 0, 0, 0
	for file, f := range vectorFiles(t) {
		for i, s := range f.Samples {
			if s.Serializers == nil {
				continue
			}
			samples++
			var first *content
			for name, format := range vectorFormats {
				if len(s.Serializers[name]) == 0 {
					t.Errorf("%s[%d]: no variant for %s", file, i, name)
				}
				for _, v := range s.Serializers[name] {
					variants++
					var m Message
					if err := Parse(format, v.data(t), &m); err != nil {
						t.Errorf("%s[%d] %s: %v", file, i, name, err)
						continue
					}
					checkAttributes(t, file, s.Expected, &m)
					c := contentOf(t, &m)
					if first == nil {
						first = &c
					} else if !reflect.DeepEqual(*first, c) {
						t.Errorf("%s[%d] %s differs:\n%+v\n%+v", file, i, name, c, *first)
					}
					if reencodes(t, format, &m, s.Serializers[name]) {
						same++
					}
					checkTranscoded(t, &m, c)
				}
			}
		}
	}
	t.Logf("%d serialization samples, %d variants, %d encode to the bytes of a variant, %d equivalent", samples, variants, same, variants-same)
	if samples != 35 || same != variants {
		t.Errorf("%d samples, %d of %d variants byte-equal; want 35 and all", samples, same, variants)
	}
}

func checkAttributes(t *testing.T, file string, expected map[string]any, m *Message) {
	t.Helper()
	for name, want := range expected {
		got := attribute(t, m, name)
		if want = plain(want); !reflect.DeepEqual(got, want) {
			t.Errorf("%s %v: %s is %v, want %v", file, m.Details.Format, name, got, want)
		}
	}
}

// reencodes builds the message anew from ordered dicts and lists and reports whether the bytes are those of a variant.
func reencodes(t *testing.T, f codec.Format, m *Message, variants []vectorVariant) bool {
	t.Helper()
	built := *m
	built.Details, built.Args, built.Kwargs = codec.Raw{}, codec.Raw{}, codec.Raw{}
	if dict := orderedRaw(t, m.Details); dict != nil {
		built.Options = dict.(Dict)
	}
	if args := orderedRaw(t, m.Args); args != nil {
		built.Args = raw(t, f, args)
	}
	if kwargs := orderedRaw(t, m.Kwargs); kwargs != nil {
		built.Kwargs = raw(t, f, kwargs)
	}
	got, err := Append(nil, f, &built)
	if err != nil {
		t.Fatalf("%v %v: %v", m.Type, f, err)
	}
	for _, v := range variants {
		if bytes.Equal(got, v.data(t)) {
			return true
		}
	}
	t.Logf("%v %v: %s is no variant", m.Type, f, got)
	return false
}

// checkTranscoded sends the message on in every format, as a router does.
func checkTranscoded(t *testing.T, m *Message, want content) {
	t.Helper()
	for _, f := range formats {
		b, err := Append(nil, f, m)
		if err != nil {
			t.Errorf("%v from %v to %v: %v", m.Type, m.Details.Format, f, err)
			continue
		}
		var again Message
		if err := Parse(f, b, &again); err != nil {
			t.Errorf("%v from %v to %v: %v", m.Type, m.Details.Format, f, err)
			continue
		}
		if got := contentOf(t, &again); !reflect.DeepEqual(got, want) {
			t.Errorf("%v in %v:\n%+v, want\n%+v", m.Type, f, got, want)
		}
	}
}

// R053: the 67 validation samples get their verdict in all three formats, and a violation names the key.
func TestF10_Validation(t *testing.T) {
	samples, rejects := 0, 0
	for file, f := range vectorFiles(t) {
		for i, s := range f.Samples {
			if s.Wmsg == nil {
				continue
			}
			samples++
			if s.Error != nil {
				rejects++
			}
			for _, format := range formats {
				_, err := parseAny(t, format, transparent(t, s.Wmsg))
				switch {
				case s.Error == nil && err != nil:
					t.Errorf("%s[%d] %v: %v", file, i, format, err)
				case s.Error != nil && err == nil:
					t.Errorf("%s[%d] %v: accepted, want a violation: %s", file, i, format, s.Description)
				case s.Error != nil && !strings.Contains(err.Error(), s.Error.Contains):
					t.Errorf("%s[%d] %v: %q does not name %q", file, i, format, err, s.Error.Contains)
				}
			}
		}
	}
	if samples != 67 || rejects != 28 {
		t.Errorf("%d validation samples, %d rejects; want 67, 28", samples, rejects)
	}
}

// transparent replaces a payload given as hex, which stands for bytes (docs/requirements.md 4.4).
func transparent(t *testing.T, wmsg []any) []any {
	t.Helper()
	list := plain(wmsg).([]any)
	if len(list) != 5 {
		return list
	}
	if text, ok := list[4].(string); ok {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		list[4] = b
	}
	return list
}
