package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/wampgen/wampgen/generator/html"
	"github.com/wampgen/wampgen/generator/markdown"
	"github.com/wampgen/wampgen/schema"
)

func docsVerb() *verb {
	return &verb{
		name: "docs", usage: "[flags] [file]", short: "print the reference of an API, for its users",
		long: "Without a file it takes the one schema of wampgen.yaml or of this folder.\n" +
			"Markdown is for repositories; html is one page that needs nothing from elsewhere.\n" +
			"With --try the page has forms that call, publish and subscribe by way of a router.",
		example: "wampgen docs shop.wamp.yaml\nwampgen docs --format html -o shop.html shop.wamp.yaml\n" +
			"wampgen docs --try --serve localhost:8090 shop.wamp.yaml",
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			d := &docs{command: c}
			fs.StringVar(&d.out, "o", "", "write to this `file`")
			fs.StringVar(&d.form, "format", "", "`form` of the reference: markdown or html (default markdown)")
			fs.BoolVar(&d.try, "try", false, "make a page on which the API can be tried out; implies html")
			fs.StringVar(&d.addr, "serve", "", "serve the page on this loopback `address` until an interrupt; implies html")
			return d.run
		},
	}
}

// docs is one run of the verb.
type docs struct {
	*command
	out, form, addr string
	try             bool
}

func (d *docs) run() int {
	generate, err := d.generator()
	switch {
	case err != nil:
		return d.fail(err)
	case d.addr == "":
		return d.print(d.out, "docs", generate)
	case d.out != "":
		return d.fail(errors.New("the page is either written or served: give -o or --serve"))
	}
	page, code := d.make("docs", "", generate)
	if page == nil {
		return code
	}
	return d.serve(page)
}

// generator returns what makes the reference in the chosen form.
func (d *docs) generator() (func(*schema.Model) ([]byte, error), error) {
	isPage := d.try || d.addr != ""
	switch {
	case d.form != "" && d.form != "markdown" && d.form != "html":
		return nil, fmt.Errorf("unknown form %q: must be markdown or html", d.form)
	case d.form == "markdown" && isPage:
		return nil, errors.New("--try and --serve are for html, not for markdown")
	case d.try:
		return html.GenerateTry, nil
	case d.form == "html" || isPage:
		return html.Generate, nil
	}
	return func(m *schema.Model) ([]byte, error) { return markdown.Generate(m), nil }, nil
}

// serve serves a page to this machine until the process is interrupted.
func (d *docs) serve(page []byte) int {
	ctx, stop := interruptible()
	defer stop()
	l, err := listenHere(ctx, d.addr)
	if err != nil {
		return d.fail(err)
	}
	made := time.Now()
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "index.html", made, bytes.NewReader(page))
	})}
	d.say("http://%s/", l.Addr())
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return d.fail(err)
	}
	return exitFine
}

// listenHere listens on a loopback address.
func listenHere(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("cannot serve on %s: the address must be a loopback address, such as localhost:8090", addr)
	}
	return new(net.ListenConfig).Listen(ctx, "tcp", addr)
}
