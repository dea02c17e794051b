package wamp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Passthru are the attributes of a payload that routers pass on without looking
// at it (specification "Payload Passthru Mode"): one that is encrypted from end
// to end, or that belongs to another technology. The zero value means an
// ordinary payload.
type Passthru struct {
	// Scheme names what the peers have agreed on (ppt_scheme): "wamp", "mqtt", or
	// one of their own that begins with "x_". It must not be empty, and the client
	// must handle it, see [WithPayloadCodec].
	Scheme string
	// Serializer is the format of the payload (ppt_serializer), whatever that of
	// the session is: "cbor", "msgpack", "json", or "native" for one argument of
	// bytes that goes as it is. Default: "native" with the scheme "mqtt", else
	// "cbor", which is the only one of the scheme "wamp".
	Serializer string
	// Cipher names the algorithm with which the codec of the scheme encrypts
	// (ppt_cipher): "xsalsa20poly1305", "aes256gcm", or another one with a scheme
	// of your own. Default: the payload is not encrypted.
	Cipher string
	// KeyID names the key (ppt_keyid). The scheme decides what it looks like.
	// Default: none.
	KeyID string
}

// PassthruKind says which part of an exchange a payload is.
type PassthruKind string

// The kinds. Progressive results are of the kind of a result.
const (
	PassthruCall   PassthruKind = "call"
	PassthruResult PassthruKind = "result"
	PassthruError  PassthruKind = "error"
	PassthruEvent  PassthruKind = "event"
)

// PassthruMessage is a message whose payload a [PayloadCodec] seals or opens.
type PassthruMessage struct {
	// Passthru are its attributes.
	Passthru
	// Kind and URI say what the payload is for: URI is the procedure or topic, and
	// for a pattern the concrete one if the router sends it. A codec that
	// authenticates them keeps a router from passing a payload on as another one.
	Kind PassthruKind
	URI  string
}

// PayloadCodec seals and opens the payloads of a scheme, see
// [WithPayloadCodec]. It is used from many goroutines at a time. A panic in it
// counts as an error of the message.
type PayloadCodec interface {
	// Seal returns what is sent for a payload that is encoded in m.Serializer. It
	// may set m.Cipher and m.KeyID, which are then sent; the chunks of a call have
	// those of its first message, and what Seal sets for them is ignored. It must
	// not keep or change payload. ctx is that of the operation or of the handler.
	Seal(ctx context.Context, m *PassthruMessage, payload []byte) ([]byte, error)
	// Open returns the payload, encoded in m.Serializer, of what Seal returned at
	// the peer. It may set m.Serializer if the scheme defines it and the message
	// does not say. It must not keep or change sealed. A hostile peer may have
	// sent it. The text of an error is for this side alone.
	Open(ctx context.Context, m *PassthruMessage, sealed []byte) ([]byte, error)
}

// Serializers of a payload beside the formats.
const (
	nativeSerializer = "native"
	mqttScheme       = "mqtt"
	wampScheme       = "wamp"
)

// checkScheme refuses schemes that the specification does not allow (R256).
func checkScheme(scheme string) error {
	if scheme == wampScheme || scheme == mqttScheme || strings.HasPrefix(scheme, "x_") {
		return nil
	}
	return fmt.Errorf("wamp: scheme of payload passthru must be wamp, mqtt or begin with x_, not %q", scheme)
}

// payloadCodecs are the codecs of a client by their schemes.
type payloadCodecs map[string]PayloadCodec

// check refuses codecs of schemes that no message can have.
func (codecs payloadCodecs) check() error {
	for scheme := range codecs {
		if err := checkScheme(scheme); err != nil {
			return err
		}
	}
	return nil
}

// supports refuses what must not be sent with a payload, nil for an ordinary
// one (R251, R254, R255).
func (codecs payloadCodecs) supports(p *Passthru) error {
	if p == nil {
		return nil
	}
	codec, handled := codecs[p.Scheme]
	err := checkScheme(p.Scheme)
	switch serializer := p.serializer(); {
	case err != nil:
	case !handled:
		err = fmt.Errorf("wamp: scheme %q of payload passthru has no codec, see WithPayloadCodec", p.Scheme)
	case serializer != nativeSerializer && formatOf(serializer) == 0:
		err = fmt.Errorf("wamp: serializer of payload passthru must be cbor, msgpack, json or native, not %q", serializer)
	case p.Scheme == wampScheme && serializer != codecCBOR:
		err = errors.New("wamp: serializer of scheme wamp must be cbor")
	case p.Scheme == wampScheme && p.Cipher != "" && p.Cipher != "xsalsa20poly1305" && p.Cipher != "aes256gcm":
		err = fmt.Errorf("wamp: cipher of scheme wamp must be xsalsa20poly1305 or aes256gcm, not %q", p.Cipher)
	case p.Scheme == mqttScheme && (p.Cipher != "" || p.KeyID != ""):
		err = errors.New("wamp: scheme mqtt has neither a cipher nor a key")
	case p.Cipher != "" && codec == nil:
		err = fmt.Errorf("wamp: scheme %q has no codec that could encrypt", p.Scheme)
	}
	if err != nil {
		return session.Unsent(err)
	}
	return nil
}

// codecCBOR is the serializer of a payload unless another one is given.
const codecCBOR = "cbor"

// serializer returns the serializer with its default.
func (p *Passthru) serializer() string {
	switch {
	case p.Serializer != "":
		return p.Serializer
	case p.Scheme == mqttScheme:
		return nativeSerializer
	}
	return codecCBOR
}

// formatOf returns the format of a serializer, 0 if it is none.
func formatOf(serializer string) codec.Format {
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		if f.String() == serializer {
			return f
		}
	}
	return 0
}

// message returns the message of a payload that is sent with p, nil for an
// ordinary one.
func (p *Passthru) message(kind PassthruKind, uri string) *PassthruMessage {
	if p == nil {
		return nil
	}
	return &PassthruMessage{Passthru: *p, Kind: kind, URI: uri}
}

// marks are the attributes as entries of Options or Details.
func (p *Passthru) marks() core.Dict {
	var d core.Dict
	for _, f := range [...]struct{ key, value string }{
		{"ppt_scheme", p.Scheme}, {"ppt_serializer", p.Serializer}, {"ppt_cipher", p.Cipher}, {"ppt_keyid", p.KeyID},
	} {
		if f.value != "" {
			d = append(d, core.Field{Key: f.key, Value: f.value})
		}
	}
	return d
}

// passthruOf reads the attributes of a message that was received. It is zero if
// the message is an ordinary one.
func passthruOf(details codec.Raw) Passthru {
	d := core.Message{Details: details}
	scheme := d.DetailText("ppt_scheme")
	if scheme == "" {
		return Passthru{}
	}
	return Passthru{scheme, d.DetailText("ppt_serializer"), d.DetailText("ppt_cipher"), d.DetailText("ppt_keyid")}
}

// passthruSupported refuses what a router would not pass on as it is (R250): it
// may drop the attributes and deliver what nobody can read.
func passthruSupported(f *core.Features, role string, needed bool) error {
	if needed && !f.Has(role, "payload_passthru_mode") {
		return session.Unsent(fmt.Errorf("%w: payload_passthru_mode", ErrUnsupported))
	}
	return nil
}
