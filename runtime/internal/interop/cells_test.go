package interop

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
)

// cell is one meeting: our client and a peer at a router.
type cell struct {
	router                             string
	transport, format, login           string // ours
	library, peerTransport, peerFormat string
}

func (c cell) String() string {
	return fmt.Sprintf("%s/%s,%s,%s/%s,%s,%s", c.router, c.transport, c.format, c.login, c.library, c.peerTransport, c.peerFormat)
}

func (c cell) values() [7]string {
	return [...]string{c.router, c.transport, c.format, c.login, c.library, c.peerTransport, c.peerFormat}
}

var (
	transports = []string{"ws", "tcp", "unix", "wss", "tcps"} // the last two for us alone
	allFormats = []string{"json", "msgpack", "cbor"}
	allLogins  = []string{"anonymous", "ticket", "CRA", "salted CRA", "SCRAM", "SCRAM (dialect)", "cryptosign", "TLS certificate"}
)

// library is foreign client software.
type library struct {
	name   string
	speaks func(transport, format string) bool
	start  func() (peer, error)
}

var libraries = []library{
	{"autobahn-js", func(transport, format string) bool { return transport == "ws" || format == "json" }, javascriptPeer("autobahn")},
	{"wampy", func(transport, _ string) bool { return transport == "ws" }, javascriptPeer("wampy")},
	{"autobahn-python (asyncio)", func(_, _ string) bool { return true }, python("asyncio")},
	{"autobahn-python (Twisted)", func(_, _ string) bool { return true }, python("twisted")},
	{"nexus client", func(_, _ string) bool { return true }, func() (peer, error) { return newNexusPeer(), nil }},
}

func javascriptPeer(name string) func() (peer, error) {
	return func() (peer, error) {
		modules := os.Getenv("WAMPGEN_NODE")
		if modules == "" {
			return nil, errNoNode
		}
		return startProcess([]string{"NODE_PATH=" + modules}, "node", "peers/peer.js", name)
	}
}

func python(framework string) func() (peer, error) {
	return func() (peer, error) {
		python, err := node.Python()
		if err != nil {
			return nil, err
		}
		return startProcess(nil, python, "peers/peer.py", framework)
	}
}

// missing reports whether err means that something is not installed.
func missing(err error) bool { return errors.Is(err, errNoNode) || errors.Is(err, node.ErrMissing) }

// possible returns every cell that router and peer support.
func possible() []cell {
	var all []cell
	for _, r := range routers {
		for _, transport := range transports {
			for _, format := range allFormats {
				for _, login := range allLogins {
					if r.offers(transport, format, login) {
						all = append(all, peersOf(r, cell{router: r.name, transport: transport, format: format, login: login})...)
					}
				}
			}
		}
	}
	return all
}

func peersOf(r router, c cell) []cell {
	var all []cell
	for _, l := range libraries {
		for _, transport := range transports[:3] {
			for _, format := range allFormats {
				c.library, c.peerTransport, c.peerFormat = l.name, transport, format
				if l.speaks(transport, format) && r.offers(transport, format, "anonymous") && limited(c, "") == "" {
					all = append(all, c)
				}
			}
		}
	}
	return all
}

// pair is two properties that meet in a cell.
type pair struct {
	i, j int
	a, b string
}

func (c cell) pairs() []pair {
	v := c.values()
	var all []pair
	for i := range v {
		for j := i + 1; j < len(v); j++ {
			all = append(all, pair{i, j, v[i], v[j]})
		}
	}
	return all
}

// pairwise picks cells so that any two properties that can meet do so in one of
// them: always the cell with most pairs that have not met yet, and the first of
// those.
func pairwise(all []cell) []cell {
	open := map[pair]bool{}
	pairs := make([][]pair, len(all))
	for i, c := range all {
		pairs[i] = c.pairs()
		for _, p := range pairs[i] {
			open[p] = true
		}
	}
	var picked []cell
	for len(open) > 0 {
		best, most := 0, 0
		for i := range all {
			n := 0
			for _, p := range pairs[i] {
				if open[p] {
					n++
				}
			}
			if n > most {
				best, most = i, n
			}
		}
		picked = append(picked, all[best])
		for _, p := range pairs[best] {
			delete(open, p)
		}
	}
	slices.SortStableFunc(picked, func(a, b cell) int { return slices.Index(order, a.router) - slices.Index(order, b.router) })
	return picked
}

// order is that of the routers, so that one is done before the next begins.
var order = func() (names []string) {
	for _, r := range routers {
		names = append(names, r.name)
	}
	return names
}()
