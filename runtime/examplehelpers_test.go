package wamp_test

import (
	"context"
	"crypto/x509"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	wamp "github.com/wampgen/wampgen/runtime"
)

// sharedRouter serves the examples that do not stop their router.
var sharedRouter = sync.OnceValue(startRouter)

// exampleRouter returns the URL of a running router.
func exampleRouter() string { return sharedRouter().URL() }

// exampleClient returns a client that has joined it.
func exampleClient(opts ...wamp.ConnectOption) *wamp.Client {
	client, err := wamp.Connect(context.Background(), exampleRouter(), "realm1", opts...)
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// watchedRouter returns the URL of a router that shows the request of each
// WebSocket upgrade to watch.
func watchedRouter(watch func(*http.Request)) (url string, stop func()) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watch(r)
		sharedRouter().ServeHTTP(w, r)
	}))
	return strings.Replace(s.URL, "http", "ws", 1), s.Close
}

// secureRouter returns the URL of a router with a certificate, and the
// authority that signed it.
func secureRouter() (url string, authority *x509.CertPool, stop func()) {
	s := httptest.NewTLSServer(sharedRouter())
	authority = x509.NewCertPool()
	authority.AddCert(s.Certificate())
	return strings.Replace(s.URL, "http", "ws", 1), authority, s.Close
}
