package wamp

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/peertext"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// content is a value on its way into a message.
type content struct {
	value codec.Value  // nil for none
	table *codec.Table // says how it becomes a payload
	op    *Operation   // whose metadata go with it; nil if there are no interceptors
}

// encode appends the payload and returns how many values it has.
func (v content) encode(e *codec.Encoder) int {
	from := len(e.Bytes())
	n := e.Payload(v.value, v.table)
	if v.op != nil && len(v.op.metadata) > 0 {
		n = e.AddKeyword(from, n, v.op.keyword, v.op.metadata)
	}
	return n
}

// encode writes a payload into b, sealed as m says; m is nil for an ordinary
// one.
func (c *common) encode(ctx context.Context, b *session.Buffer, v content, m *PassthruMessage) error {
	if m == nil {
		return b.Finish(v.encode(&b.Enc))
	}
	m.Serializer = m.serializer()
	payload, err := m.pack(v)
	if err != nil {
		return err
	}
	if payload == nil {
		return b.Finish(0)
	}
	if payload, err = c.apply(ctx, m, payload, PayloadCodec.Seal); err != nil {
		return &passthruError{text: fmt.Sprintf("the codec of scheme %q failed", m.Scheme), cause: err}
	}
	b.Enc.List(1)
	b.Enc.Binary(payload)
	b.Enc.EndList()
	b.Marks = m.marks()
	return b.Finish(1)
}

// pack encodes a payload apart from its message (R253). A native one is the
// bytes of its only argument, and nil if it has none.
func (m *PassthruMessage) pack(v content) ([]byte, error) {
	var e codec.Encoder
	if m.Serializer != nativeSerializer {
		e.Reset(formatOf(m.Serializer), nil)
		e.Pack(v.encode(&e))
		return e.Bytes(), e.Err()
	}
	e.Reset(codec.CBOR, nil)
	n := v.encode(&e)
	if n == 0 || e.Err() != nil {
		return nil, e.Err()
	}
	b, only := oneArgument(codec.Raw{Format: codec.CBOR, Data: e.Bytes()}, n)
	if !only {
		return nil, errors.New("wamp: a native payload must be one argument of bytes")
	}
	return b, nil
}

// oneBinary reads a list of one value of bytes.
func oneBinary(d *codec.Decoder) (b []byte, ok bool) {
	s := d.List()
	if !d.Next(&s) {
		return nil, false
	}
	switch d.Kind() {
	case codec.KindBinary:
		b, ok = d.Binary(), true
	case codec.KindText: // nexus makes text of bytes where one of the sessions is in JSON
		text, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(d.Text(), "\x00"))
		b, ok = text, err == nil
	}
	if b == nil {
		b = []byte{}
	}
	return b, ok && !d.Next(&s) && d.Err() == nil
}

// oneArgument reads the bytes of a native payload of n values.
func oneArgument(payload codec.Raw, n int) ([]byte, bool) {
	var d codec.Decoder
	d.Start(payload, "args")
	s := d.List()
	if n != 1 || !d.Next(&s) || d.Kind() != codec.KindBinary {
		return nil, false
	}
	d.Start(payload, "args")
	return oneBinary(&d)
}

// apply calls the codec of the message's scheme. Without one the bytes stay as
// they are.
func (c *common) apply(ctx context.Context, m *PassthruMessage, in []byte,
	f func(PayloadCodec, context.Context, *PassthruMessage, []byte) ([]byte, error),
) (out []byte, err error) {
	pc := c.cfg.payloadCodecs[m.Scheme]
	if pc == nil {
		return in, nil
	}
	err = dispatch.Guard(func() (err error) {
		out, err = f(pc, ctx, m, in)
		return err
	}, func(*dispatch.Crash) {})
	if crash, ok := err.(*dispatch.Crash); ok {
		c.logCrash("wamp: payload codec", crash, "scheme", m.Scheme)
	}
	return out, err
}

// open returns the payload of a message with these Details. One that was sealed
// is as any other then, or has an Err. An ordinary one is left as it is, unless
// only what was sealed is accepted; errors may be the router's own.
func (c *common) open(ctx context.Context, p codec.Payload, details codec.Raw, kind PassthruKind, uri string, only bool) codec.Payload {
	if p.Err != core.ErrSealed {
		if only && p.Err == nil && kind != PassthruError {
			return codec.Payload{Err: &passthruError{text: "the payload came without payload passthru mode"}}
		}
		return p
	}
	opened, err := c.unseal(ctx, p, &PassthruMessage{Passthru: passthruOf(details), Kind: kind, URI: uri})
	if err != nil {
		return codec.Payload{Err: err}
	}
	return opened
}

// unseal is open for what was sealed.
func (c *common) unseal(ctx context.Context, p codec.Payload, m *PassthruMessage) (codec.Payload, error) {
	pc, handled := c.cfg.payloadCodecs[m.Scheme]
	switch {
	case !handled:
		return codec.Payload{}, unsupported("scheme", m.Scheme)
	case pc == nil && m.Cipher != "":
		return codec.Payload{}, unsupported("cipher", m.Cipher)
	}
	var d codec.Decoder
	d.Start(p.Args, "args")
	sealed, only := oneBinary(&d)
	if !only || !core.Empty(p.Kwargs) {
		return codec.Payload{}, &passthruError{text: "its payload must be one argument of bytes"}
	}
	payload, err := c.apply(ctx, m, sealed, PayloadCodec.Open)
	if err != nil {
		return codec.Payload{}, &passthruError{text: fmt.Sprintf("the codec of scheme %q cannot open it", peertext.Line(m.Scheme)), cause: err}
	}
	return m.unpack(payload)
}

// unpack reads a payload that was encoded apart from its message (R253, R254).
func (m *PassthruMessage) unpack(b []byte) (p codec.Payload, err error) {
	if m.Serializer == "" && m.Scheme == wampScheme {
		return p, &passthruError{text: "scheme wamp needs ppt_serializer"}
	}
	serializer := m.serializer()
	if serializer == nativeSerializer {
		return codec.Payload{Args: core.OneArgument(b)}, nil
	}
	f := formatOf(serializer)
	if f == 0 {
		return p, unsupported("serializer", serializer)
	}
	if p, err = codec.Unpack(codec.Raw{Format: f, Data: b}); err != nil {
		return p, &passthruError{text: "it does not decode", cause: err}
	}
	return p, nil
}

// unread is why a payload that was opened is refused although nobody reads it into v,
// which is nil: nil unless it was not sealed as it should be.
func unread(p codec.Payload, v codec.Value) error {
	if v == nil && errors.Is(p.Err, ErrPassthru) {
		return p.Err
	}
	return nil
}

// passthruError is an ErrPassthru.
type passthruError struct {
	text string // which may go to a peer
	// unsupported: this client lacks what the payload needs.
	unsupported bool
	cause       error // which may not
}

// unsupported is the error of a payload that nobody here handles (R256).
func unsupported(what, name string) error {
	return &passthruError{text: fmt.Sprintf("its %s %q is not handled", what, peertext.Line(name)), unsupported: true}
}

// Error says what is wrong, and why the codec could not do it.
func (e *passthruError) Error() string {
	if e.cause == nil {
		return "wamp: payload passthru: " + e.text
	}
	return "wamp: payload passthru: " + e.text + ": " + part{e.cause}.Error()
}

// Is reports whether target is [ErrPassthru].
func (e *passthruError) Is(target error) bool { return target == ErrPassthru }

// Unwrap returns the codec's error, or the decoder's.
func (e *passthruError) Unwrap() error { return e.cause }
