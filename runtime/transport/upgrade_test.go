package transport_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

// answering serves an upgrade by hand: the headers of answer are added to a valid
// 101, then handle gets the bare connection.
func answering(t *testing.T, answer http.Header, handle func(net.Conn)) (url string, requests chan *http.Request) {
	requests = make(chan *http.Request, 1)
	addr := serve(t, func(c net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		requests <- r
		fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n",
			acceptKey(r.Header.Get("Sec-WebSocket-Key")))
		answer.Write(c)
		io.WriteString(c, "\r\n")
		handle(c)
	})
	return "ws://" + addr + "/ws", requests
}

func picked(subprotocol string) http.Header {
	return http.Header{"Sec-WebSocket-Protocol": {subprotocol}}
}

func TestR106_R107_R110_Offer(t *testing.T) {
	url, requests := answering(t, picked("wamp.2.msgpack"), func(net.Conn) {})
	l := dial(t, url, transport.Options{})
	r := <-requests
	if got, want := r.Header.Get("Sec-WebSocket-Protocol"), "wamp.2.cbor, wamp.2.msgpack"; got != want {
		t.Errorf("offered %q, want %q", got, want)
	}
	if l.Format != codec.MessagePack || l.SendLimit != 0 || l.URL != url || !l.Local {
		t.Errorf("link %+v", l)
	}
	if ext := r.Header.Get("Sec-WebSocket-Extensions"); ext != "" {
		t.Errorf("extensions %q offered, want none", ext)
	}

	url, requests = answering(t, picked("wamp.2.json"), func(net.Conn) {})
	l = dial(t, url, transport.Options{Formats: []codec.Format{codec.JSON, codec.CBOR}})
	if got, want := (<-requests).Header.Get("Sec-WebSocket-Protocol"), "wamp.2.json, wamp.2.cbor"; got != want || l.Format != codec.JSON {
		t.Errorf("offered %q, want %q; format %v", got, want, l.Format)
	}
}

// By default JSON is offered to a server that takes neither of the binary
// formats, in whatever way it says so, and to no other.
func TestFallsBackToJSON(t *testing.T) {
	for name, refuse := range map[string]func(http.ResponseWriter){
		"400": func(w http.ResponseWriter) { http.Error(w, "no such subprotocol", 400) },
		"406": func(w http.ResponseWriter) { w.WriteHeader(406) },
		"hangs up": func(w http.ResponseWriter) {
			if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
				c.Close()
			}
		},
		"picks none": nil,
		"401":        func(w http.ResponseWriter) { w.WriteHeader(401) },
		"503":        func(w http.ResponseWriter) { w.WriteHeader(503) },
	} {
		var mu sync.Mutex
		var offers []string
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			offers = append(offers, r.Header.Get("Sec-WebSocket-Protocol"))
			first := len(offers) == 1
			mu.Unlock()
			if first && refuse != nil {
				refuse(w)
				return
			}
			u := websocket.Upgrader{Subprotocols: []string{"wamp.2.json"}}
			if c, err := u.Upgrade(w, r, nil); err == nil {
				defer c.Close()
				_, _, _ = c.ReadMessage()
			}
		}))
		l, err := transport.Net{}.Dial(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http"), transport.Options{})
		mu.Lock()
		if final := name == "401" || name == "503"; final != (err != nil) || final && len(offers) != 1 {
			t.Errorf("%s: %v, offered %q", name, err, offers)
		}
		if err == nil && (l.Format != codec.JSON || len(offers) != 2 || offers[1] != "wamp.2.json") {
			t.Errorf("%s: %v, offered %q", name, l.Format, offers)
		}
		mu.Unlock()
		if err == nil {
			l.Close()
		}
		s.Close()
	}
}

func TestR106_PickRefused(t *testing.T) {
	for _, pick := range []string{"", "wamp.2.json", "wamp.2.cbor.batched", "WAMP.2.CBOR", "wamp.2.cbor, wamp.2.msgpack"} {
		url, _ := answering(t, picked(pick), func(net.Conn) {})
		h := dialFails(t, url, transport.Options{Formats: []codec.Format{codec.CBOR, codec.MessagePack}})
		if !errors.Is(h, transport.ErrSubprotocol) || !strings.Contains(h.Text, "wamp.2.cbor") {
			t.Errorf("pick %q: %v", pick, h)
		}
	}
}

// H13: a redirect is refused and the Authorization header goes nowhere else.
func TestH13_Redirect(t *testing.T) {
	var followed atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "ws://bob:hidden@"+strings.TrimPrefix(other.URL, "http://")+"/next?token=hidden")
			w.WriteHeader(status)
		}))
		o := transport.Options{TLS: trusting(s), Header: http.Header{"Authorization": {"Bearer hidden"}}}
		h := dialFails(t, "wss"+strings.TrimPrefix(s.URL, "https"), o)
		if !errors.Is(h, transport.ErrRedirect) || h.Code != status || !strings.Contains(h.Text, "/next") || strings.Contains(h.Error(), "hidden") {
			t.Errorf("%d: %v", status, h)
		}
		s.Close()
	}
	if followed.Load() {
		t.Error("redirect was followed")
	}
}

func TestH8_RefusedUpgrade(t *testing.T) {
	for _, status := range []int{200, 400, 401, 403, 404, 503} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) }))
		h := dialFails(t, "ws"+strings.TrimPrefix(s.URL, "http"), transport.Options{})
		if h.Code != status || !strings.Contains(h.Text, fmt.Sprint(status)) {
			t.Errorf("%d: %+v", status, h)
		}
		s.Close()
	}
	for name, answer := range map[string]string{
		"not HTTP": "\x7f\xf1\x00\x00", "hang up": "", "status only": "HTTP/1.1 101 Switching Protocols\r\n\r\n",
		"long and coloured": "HTTP/1.1 400 \x1b[31m" + strings.Repeat("x", 4000) + "\r\nContent-Length: 0\r\n\r\n",
		"endless headers":   "HTTP/1.1 101 Switching Protocols\r\n" + strings.Repeat("X-Y: z\r\n", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			addr := serve(t, func(c net.Conn) {
				http.ReadRequest(bufio.NewReader(c))
				io.WriteString(c, answer)
			})
			if h := dialFails(t, "ws://"+addr, transport.Options{}); len(h.Text) > 400 || strings.ContainsAny(h.Text, "\x1b\r\n") {
				t.Errorf("text of %d bytes: %q", len(h.Text), h.Text)
			}
		})
	}
}

func TestUpgrade_HeaderAndCookies(t *testing.T) {
	jar := &oneCookie{}
	var calls atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Tenant") != "7" || r.URL.RawQuery != "a=b" {
			t.Errorf("header %v, query %q", r.Header, r.URL.RawQuery)
		}
		if c, _ := r.Cookie("cbtid"); calls.Add(1) == 2 && (c == nil || c.Value != "kept") {
			t.Errorf("cookie %v, want the one set before", c)
		}
		u := websocket.Upgrader{Subprotocols: []string{"wamp.2.cbor"}}
		if c, err := u.Upgrade(w, r, http.Header{"Set-Cookie": {"cbtid=kept"}}); err == nil {
			c.Close()
		}
	}))
	defer s.Close()
	for range 2 {
		o := transport.Options{Header: http.Header{"X-Tenant": {"7"}}, Jar: jar}
		l := dial(t, "ws"+strings.TrimPrefix(s.URL, "http")+"/x?a=b", o)
		if strings.Contains(l.URL, "a=b") {
			t.Errorf("link shows %s", l.URL)
		}
	}
}
