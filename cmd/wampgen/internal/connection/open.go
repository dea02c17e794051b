package connection

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
	"github.com/wampgen/wampgen/schema/config"
	"github.com/wampgen/wampgen/schema/diag"
)

// Open opens a session. Every router is tried once: a person waits, and wants to
// know. The client ends if it loses its session and does not get another one at
// once.
func (s *Settings) Open(ctx context.Context, log *slog.Logger) (*wamp.Client, error) {
	return s.connect(ctx, log, wamp.WithMaxElapsed(time.Nanosecond))
}

// Keep opens a session as [Settings.Open] does and hands its client to use, which
// sets up what is to last. It returns when ctx ends, when use fails, or when
// there is no first session. A later session that is lost is opened again, and
// what use has set up restored, as long as it takes; say gets a line for people
// about either.
func (s *Settings) Keep(ctx context.Context, log *slog.Logger, say func(string), use func(context.Context, *wamp.Client) error) error {
	client, err := s.Open(ctx, log)
	lost := false
	for err == nil {
		if err = use(ctx, client); err != nil {
			break
		}
		if lost = watch(ctx, client, lost, say); ctx.Err() != nil {
			break
		}
		client, err = s.connect(ctx, log, wamp.WithRetryFatal()) // this one does not give up
	}
	if client != nil {
		client.Close(context.WithoutCancel(ctx))
	}
	if ctx.Err() != nil {
		return nil //nolint:nilerr // it ended as it was to
	}
	return err
}

// watch says when a client loses its session and gets another one, until the client
// or ctx ends. It takes and returns whether there is no session.
func watch(ctx context.Context, client *wamp.Client, lost bool, say func(string)) bool {
	for status := range client.Watch(ctx) {
		switch {
		case status.State == wamp.BackingOff && !lost:
			lost = true
			say("the session is lost, connecting again: " + strings.TrimPrefix(status.Err.Error(), "wamp: "))
		case status.State == wamp.Ready && lost:
			lost = false
			say("connected again")
		}
	}
	return lost
}

// connect opens a session and explains why it cannot.
func (s *Settings) connect(ctx context.Context, log *slog.Logger, patience wamp.ConnectOption) (*wamp.Client, error) {
	p, err := s.resolved()
	if err != nil {
		return nil, err
	}
	opts, err := options(&p)
	if err != nil {
		return nil, err
	}
	opts = append(opts, wamp.WithLogger(log), patience)
	client, err := wamp.Connect(ctx, p.URLs[0], p.Realm, opts...)
	if err != nil {
		return nil, explain(err, &p)
	}
	return client, nil
}

// options are those of the connection.
func options(p *config.Profile) ([]wamp.ConnectOption, error) {
	opts := []wamp.ConnectOption{wamp.WithURLs(p.URLs[1:]...), wamp.WithHandshakeTimeout(p.ConnectTimeout),
		wamp.WithReadLimit(transport.MaxReadLimit)}
	ways, err := methods(p)
	if err != nil {
		return nil, err
	}
	if ways != nil {
		opts = append(opts, wamp.WithAuth(ways...))
	}
	if p.Serializer != "" {
		format, err := serializer(p.Serializer)
		if err != nil {
			return nil, err
		}
		opts = append(opts, wamp.WithSerializers(format))
	}
	secure, err := tlsConfig(p)
	if err != nil {
		return nil, err
	}
	if secure != nil {
		opts = append(opts, wamp.WithTLS(secure))
	}
	return opts, nil
}

// Serializers are the names of the formats of messages.
func Serializers() []string { return []string{"cbor", "msgpack", "json"} }

// serializer returns the format of a name.
func serializer(name string) (codec.Format, error) {
	switch name {
	case "cbor":
		return codec.CBOR, nil
	case "msgpack":
		return codec.MessagePack, nil
	case "json":
		return codec.JSON, nil
	}
	return 0, wrong("it must be "+strings.Join(Serializers(), ", "), "unknown serializer %s", diag.Quote(name))
}

// String names the realm and the routers, for texts.
func (s *Settings) String() string {
	p, err := s.resolved()
	if err != nil {
		return "a router"
	}
	var urls []string
	for _, u := range p.URLs {
		urls = append(urls, shown(u))
	}
	return fmt.Sprintf("realm %s at %s", p.Realm, strings.Join(urls, ", "))
}
