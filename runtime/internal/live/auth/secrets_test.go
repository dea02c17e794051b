package auth

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// secretCanary stands in every place where a secret or a payload may be.
const secretCanary = "CANARY/~hush hush+7f3a"

// secretForms are the disguises in which it may turn up. Base64 depends on where
// in a text it stands: what is the same for all that may surround it is sought.
func secretForms() []string {
	raw := []byte(secretCanary)
	forms := []string{secretCanary, url.QueryEscape(secretCanary), url.PathEscape(secretCanary), hex.EncodeToString(raw),
		strings.Trim(fmt.Sprint(raw), "[]"), "CANARY"}
	for shift := range 3 {
		whole := raw[(3-shift)%3:]
		whole = whole[:len(whole)/3*3]
		forms = append(forms, base64.StdEncoding.EncodeToString(whole), base64.URLEncoding.EncodeToString(whole))
	}
	return forms
}

// secretOutput gathers everything that a program could print.
type secretOutput struct {
	stage.TextLog
	json stage.TextLog
}

func (o *secretOutput) option() wamp.ConnectOption {
	level := &slog.HandlerOptions{Level: slog.LevelDebug - 4}
	return wamp.WithLogger(slog.New(slog.NewMultiHandler(slog.NewTextHandler(&o.TextLog, level), slog.NewJSONHandler(&o.json, level))))
}

// print prints values in every way there is.
func (o *secretOutput) print(values ...any) {
	for _, v := range values {
		fmt.Fprintf(o, "%v %+v %#v %s %q %x\n", v, v, v, v, v, v)
		b, _ := json.Marshal(v) // what cannot be marshaled says nothing
		fmt.Fprintf(o, "%s\n", b)
		l := slog.New(slog.NewTextHandler(o, nil))
		l.Info("value", "v", v)
		slog.New(slog.NewJSONHandler(o, nil)).Info("value", "v", v)
		for err, ok := v.(error); ok && err != nil; err = errors.Unwrap(err) {
			fmt.Fprintf(o, "%v %+v %#v\n", err, err, err)
		}
	}
}

// check fails for every form of the canary that was printed.
func (o *secretOutput) check(t *testing.T) {
	t.Helper()
	text := o.String() + o.json.String()
	if text == "" {
		t.Error("nothing was printed")
	}
	for _, form := range secretForms() {
		if i := strings.Index(text, form); i >= 0 {
			t.Errorf("canary as %q in the output: …%s…", form, text[max(0, i-300):min(len(text), i+60)])
		}
	}
}

// secretMethods log in with the canary in every way.
func secretMethods() []auth.Method {
	secret := auth.NewSecret(secretCanary)
	return []auth.Method{
		auth.Ticket("ann", secret), auth.CRA("ann", secret), auth.SCRAM("ann", secret),
		auth.Ticket("ann", auth.SecretFunc(func(context.Context) (auth.Secret, error) { return secret, nil })),
	}
}

// S7: a client with secrets in every option logs in, works, fails, is lost and
// closed, and prints itself and all it knows at every step.
func TestS7_NoSecretInAnyOutput(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		out := &secretOutput{}
		header := http.Header{"Authorization": {"Bearer " + secretCanary}, "Cookie": {"session=" + secretCanary}}
		methods := secretMethods()
		opts := []wamp.ConnectOption{
			out.option(), wamp.WithAuth(methods[0], methods[1], methods[2]), wamp.WithHeader(header), wamp.WithNetDial(s.NetDial),
			wamp.WithSerializers(s.Format), wamp.WithErrorText(), wamp.WithPlaintextSecrets(),
			wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
				out.print(op)
				if op.Kind == wamp.OperationInvocation || op.Kind == wamp.OperationEvent {
					out.print(ctx) // ours; another one is the user's own
				}
				return next(ctx)
			}),
		}
		out.print(opts, methods, auth.NewSecret(secretCanary))
		connected := make(chan *wamp.Client, 1)
		go func() {
			c, err := wamp.Connect(s.T.Context(), s.URL()+"?token="+url.QueryEscape(secretCanary), "realm1", opts...)
			if err != nil && s.T.Context().Err() == nil {
				s.T.Error(err)
			}
			if err == nil {
				s.T.Cleanup(func() { _ = c.Close(context.Background()) }) // after a failure
			}
			connected <- c
		}()
		p := s.Accept()
		secretLogin(s, p)
		c := <-connected
		secretWork(s, c, p, out)
		p.Reset()
		synctest.Wait()
		out.print(c, c.Status(), c.Status().Err)
		p = s.Accept()
		secretLogin(s, p)
		stage.Grant(p, 2)
		s.Works(c, p)
		p.Send(wamptest.Message{wamptest.Event, 7, 1, map[string]any{}, []any{secretCanary}}, wamptest.Message{secretCanary})
		p.Expect(wamptest.Abort)
		synctest.Wait()
		out.print(c, c.Status(), c.Status().Err)
		refuse, _ := stage.Refuse(func(int64) string { return "wamp.error.authentication_failed" })
		s.Serve(refuse)
		p.Close()
		for range c.Watch(s.T.Context()) { // to the end
		}
		_, err := c.Call(s.T.Context(), "com.example.x", []any{secretCanary}, nil)
		out.print(c, c.Status(), err, c.Close(s.T.Context()))
		out.check(s.T)
	})
}

// secretLogin is a router that takes the ticket.
func secretLogin(s *stage.Stage, p *wamptest.Peer) {
	s.T.Helper()
	p.Expect(wamptest.Hello)
	p.Send(wamptest.Message{wamptest.Challenge, "ticket", map[string]any{}})
	if m := p.Expect(wamptest.Authenticate); m.Text(1) != secretCanary {
		s.T.Errorf("AUTHENTICATE %v", m)
	}
	p.Send(s.Welcome(wamptest.WithDetails(map[string]any{"authmethod": "ticket", "authid": "ann"})))
	synctest.Wait()
}

// secretWork makes calls and events whose payloads are the canary, most of them
// wrong.
func secretWork(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, out *secretOutput) {
	s.T.Helper()
	ctx := s.T.Context()
	none := map[string]any{}
	for _, answer := range []wamptest.Message{
		{[]any{secretCanary}}, {[]any{map[string]any{"sku": secretCanary, "quantity": secretCanary}}},
		{[]any{map[string]any{"sku": 1, "quantity": 1}}, map[string]any{"k": secretCanary}},
	} {
		done := stage.Place(s, c, stage.Order{Sku: secretCanary, Quantity: 1})
		p.Send(append(wamptest.Message{wamptest.Result, p.Expect(wamptest.Call).ID(1), none}, answer...))
		out.print(<-done)
	}
	for _, uri := range []string{"com.example.error.other", "com.example.error.sold_out"} {
		done := stage.Place(s, c, stage.Order{Sku: secretCanary, Quantity: 1})
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, p.Expect(wamptest.Call).ID(1), none, uri, []any{secretCanary}})
		err := <-done
		fmt.Fprintf(out, "%v %+v %s %q\n", err, err, err, err) // %#v shows the payload, which *Error is there to give
		out.print(c)
	}
	_, err := c.Call(ctx, "com.example.x", []any{secretCanary, make(chan int)}, nil)
	out.print(err)
	out.print(c.Publish(ctx, "com.example.x", []any{secretCanary + "\xff"}, map[string]any{"k": secretCanary}))
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, err = c.Call(short, "com.example.x", []any{secretCanary}, nil)
	out.print(err)
	p.Expect(wamptest.Call)
	p.Expect(wamptest.Cancel)
	go stage.Grant(p, 2)
	regs, err := wamp.Register(ctx, c, stage.PlaceOrder.Handle(func(ctx context.Context, in stage.Order) (stage.Order, error) {
		out.print(ctx, wamp.CallInfoFrom(ctx))
		panic(in) // a value that is no text may be a payload
	}))
	if err != nil {
		s.T.Fatal(err)
	}
	sub, err := wamp.Subscribe(ctx, c, stage.OrderPlaced, func(ctx context.Context, ev stage.Order) error {
		out.print(ctx, wamp.EventInfoFrom(ctx))
		panic(ev)
	})
	if err != nil {
		s.T.Fatal(err)
	}
	out.print(regs, sub, c)
	order := map[string]any{"sku": secretCanary, "quantity": 1}
	const registration, subscription = 7, 8 // after 6 calls
	for i, args := range [][]any{{order}, {secretCanary}, {order, secretCanary}} {
		p.Send(wamptest.Message{wamptest.Event, subscription, i + 1, none, args}, wamptest.Message{wamptest.Invocation, i + 1, registration, none, args})
		if m := p.Expect(wamptest.Error); strings.Contains(fmt.Sprint(m), "CANARY") {
			s.T.Errorf("the caller learns %v", m)
		}
	}
	synctest.Wait()
	if sub.Failed() != 3 {
		s.T.Errorf("want 3 events that fail, got %d", sub.Failed())
	}
	out.print(c, sub, c.Status())
}

// S7: URLs that hold credentials, or do not parse, or lead nowhere.
func TestS7_NoSecretInURLErrors(t *testing.T) {
	out := &secretOutput{}
	secret := url.QueryEscape(secretCanary)
	for _, u := range []string{
		"ws://ann:" + secret + "@127.0.0.1:1/ws", "tcp://" + secret + "@127.0.0.1:1", "ws://127.0.0.1:1/ws?token=" + secret,
		"wss://127.0.0.1:1/ws?token=" + secret + "#" + secret, "ws://ann:" + secretCanary + "@host", "http://ann:" + secret + "@host",
		"ws://[" + secret, "%" + secret, "ws://ann:x/y@z" + secret + "@127.0.0.1:1/", "unix://" + secret + "@/x", ":" + secret,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		c, err := wamp.Connect(ctx, u, "realm1", out.option(), wamp.WithMaxElapsed(1))
		cancel()
		if err == nil {
			t.Errorf("%s: connected", u)
			_ = c.Close(t.Context())
		}
		out.print(err)
		_, err = wamp.Connect(t.Context(), "ws://127.0.0.1:1/", "realm1", out.option(), wamp.WithMaxElapsed(1), wamp.WithURLs(u))
		out.print(err)
	}
	for _, realm := range []string{"", "no realm " + secretCanary} {
		_, err := wamp.Connect(t.Context(), "ws://127.0.0.1:1/?t="+secret, realm, wamp.WithMaxElapsed(1))
		out.print(err != nil)
	}
	out.check(t)
}

// plainLog is a handler that shows what reaches it, with no escaping of its own.
type plainLog struct {
	mu    sync.Mutex
	texts []string
}

func (l *plainLog) Enabled(context.Context, slog.Level) bool { return true }
func (l *plainLog) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *plainLog) WithGroup(string) slog.Handler            { return l }
func (l *plainLog) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.texts = append(l.texts, r.Message)
	r.Attrs(func(a slog.Attr) bool {
		l.texts = append(l.texts, a.Value.String())
		return true
	})
	return nil
}

// harmless checks that a text is one line of printable characters of bounded length.
func harmless(t *testing.T, what, text string, limit int) {
	t.Helper()
	if len(text) > limit {
		t.Errorf("%s: %d bytes", what, len(text))
	}
	for _, r := range text {
		if !unicode.IsPrint(r) {
			t.Errorf("%s holds %U: %q", what, r, text[:min(len(text), 200)])
			return
		}
	}
}

// S10: what a router writes cannot forge log lines or flood them.
func TestS10_LogInjection(t *testing.T) {
	evil := "x\n2026-01-01 level=ERROR msg=forged\r\x1b[31mred\x00\u2028\u202eevil\u0085" + strings.Repeat("A", 64<<10)
	huge := evil + strings.Repeat("A", 1<<20)
	stage.Bubbles(t, func(s *stage.Stage) {
		var log plainLog
		c, p := s.Connect(wamp.WithLogger(slog.New(&log)), wamp.WithReadLimit(4<<20))
		none := map[string]any{}
		// The text of an error is at most its URI and its message, each 256 bytes, and our own words.
		for _, uri := range []string{"wamp.error.not_authorized", "wamp." + evil, "com.example." + evil} {
			for _, payload := range [][]any{{[]any{evil}}, {[]any{}, map[string]any{"message": evil}}, {}} {
				calls := stage.Calls(s, c, 1)
				p.Send(append(wamptest.Message{wamptest.Error, wamptest.Call, p.Expect(wamptest.Call).ID(1), none, uri}, payload...))
				err := <-calls
				if !wamp.IsPeer(err) {
					s.T.Errorf("got %v", err)
				}
				harmless(s.T, "error of a call", err.Error(), 600)
			}
		}
		for name, last := range map[string]func(){
			"ABORT": func() {
				p.Send(wamptest.Message{wamptest.Abort, map[string]any{"message": huge}, "wamp.error." + huge})
			},
			"GOODBYE": func() { p.Send(wamptest.Message{wamptest.Goodbye, map[string]any{"message": evil}, evil}) },
			"noise":   func() { p.Send(wamptest.Message{evil, evil}) },
			"close frame": func() {
				if s.Kind == wamptest.WebSocket {
					p.SendBytes(wamptest.WebSocketFrame(0x88, append([]byte{3, 0xe9}, evil[:100]...)))
				} else {
					p.Reset()
				}
			},
		} {
			last()
			for _, err := p.Next(); err == nil; _, err = p.Next() {
			}
			synctest.Wait()
			harmless(s.T, "status after "+name, c.Status().Err.Error(), 600)
			p = s.Accept()
			p.Join()
			synctest.Wait()
		}
		p.Send(wamptest.Message{wamptest.Abort, map[string]any{"message": evil}, "wamp.error.no_such_realm"})
		synctest.Wait()
		log.mu.Lock()
		defer log.mu.Unlock()
		if len(log.texts) == 0 {
			s.T.Error("nothing was logged")
		}
		for _, text := range log.texts {
			harmless(s.T, "log", text, 300)
		}
	})
}

// S10 in the HTTP answer to the upgrade.
func TestS10_UpgradeRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage.NewPipe(t, wamptest.WebSocket, codec.CBOR)
		var log plainLog
		done := s.Dial(wamp.WithLogger(slog.New(&log)))
		for _, status := range []string{"503 Busy \x1b[31m\u202e" + strings.Repeat("A", 2000), "302 Found\r\nLocation: ws://evil/\x1b[0m" + strings.Repeat("B", 2000)} {
			conn := s.AcceptConn()
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
				t.Fatal(err)
			}
			_, _ = conn.Write([]byte("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n"))
			_ = conn.Close()
		}
		p := s.Accept()
		p.Join()
		s.Works(s.Connected(done), p)
		log.mu.Lock()
		defer log.mu.Unlock()
		refused := 0
		for _, text := range log.texts {
			harmless(t, "log", text, 300)
			if strings.Contains(text, "cannot open") {
				refused++
			}
		}
		if refused != 2 {
			t.Errorf("want a reason for 2 refusals, got %d: %q", refused, log.texts)
		}
	})
}
