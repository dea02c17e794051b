package interop

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

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

// batchedWS is WebSocket with several messages to a frame, which is offered beside
// the plain form at the same URL.
const batchedWS = "batched ws"

var (
	transports = []string{"ws", "tcp", "unix", batchedWS, "wss", "tcps"} // the last two for us alone
	allFormats = []string{"json", "msgpack", "cbor"}
	allLogins  = []string{"anonymous", "ticket", "CRA", "salted CRA", "SCRAM", "SCRAM (dialect)", "cryptosign", "TLS certificate"}
)

// library is foreign client software.
type library struct {
	name   string
	speaks func(transport, format string) bool
	start  func() (peer, error)
}

func everything(_, _ string) bool { return true }

// plain is everything without batches.
func plain(transport, _ string) bool { return transport != batchedWS }

var libraries = []library{
	{"autobahn-js", func(transport, format string) bool {
		return transport == "ws" || plain(transport, format) && format == "json"
	}, javascriptPeer("autobahn")},
	{"wampy", func(transport, _ string) bool { return transport == "ws" }, javascriptPeer("wampy")},
	{"autobahn-python (asyncio)", everything, python("asyncio")},
	{"autobahn-python (Twisted)", everything, python("twisted")},
	{"xconn-python", plain, installed("xconn", "bin/python", "peers/xconn_peer.py")},
	{"autobahn-java", func(transport, _ string) bool { return transport == "ws" }, java},
	{"wamp_async", func(transport, format string) bool {
		return plain(transport, format) && transport != "unix" && format != "cbor"
	}, installed("rust", "peer")},
	{"nexus client", plain, func() (peer, error) { return newNexusPeer(), nil }},
}

// errNoPeers means that nothing of .ci/peers is here.
var errNoPeers = errors.New("set WAMPGEN_PEERS to the folder that .ci/peers makes")

// installation returns the folder that .ci/peers made for a library. The error
// says why it could not.
func installation(name string) (string, error) {
	peers := os.Getenv("WAMPGEN_PEERS")
	if peers == "" {
		return "", errNoPeers
	}
	dir := filepath.Join(peers, name)
	if why, err := os.ReadFile(dir + ".missing"); err == nil {
		return "", fmt.Errorf("%w: %s", errMissing, strings.TrimSpace(string(why)))
	}
	return dir, nil
}

// errMissing means that .ci/peers could not install something.
var errMissing = errors.New("cannot be installed here")

// installed starts a program of an installation.
func installed(name, program string, args ...string) func() (peer, error) {
	return func() (peer, error) {
		dir, err := installation(name)
		if err != nil {
			return nil, err
		}
		return startProcess(nil, filepath.Join(dir, program), args...)
	}
}

func java() (peer, error) {
	dir, err := installation("java")
	if err != nil {
		return nil, err
	}
	return startProcess(nil, "java", "-cp", filepath.Join(dir, "classes")+":"+filepath.Join(dir, "lib", "*"), "Peer")
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
func missing(err error) bool {
	for _, what := range []error{errNoNode, errNoPeers, errMissing, node.ErrMissing} {
		if errors.Is(err, what) {
			return true
		}
	}
	return false
}

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
		for _, transport := range transports[:4] {
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

// pair is two properties that meet in a cell: of the cell at i and j, or, with i
// -1, an exercise and where it is done.
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
	for _, e := range exercises {
		if limited(c, e.name) == "" {
			all = append(all, pair{i: -1, a: e.name, b: c.router}, pair{i: -1, a: e.name, b: c.library},
				pair{i: -1, a: e.name, b: c.format + " and " + c.peerFormat})
		}
	}
	return all
}

// pairwise picks cells so that any two properties that can meet do so in one of
// them: always the cell with most pairs that have not met yet, and the first of
// those.
func pairwise(all []cell) []cell {
	ids := map[pair]int{}
	pairs := make([][]int, len(all))
	for i, c := range all {
		for _, p := range c.pairs() {
			if _, ok := ids[p]; !ok {
				ids[p] = len(ids)
			}
			pairs[i] = append(pairs[i], ids[p])
		}
	}
	met, open := make([]bool, len(ids)), len(ids)
	var picked []cell
	for open > 0 {
		best, most := 0, 0
		for i := range all {
			n := 0
			for _, p := range pairs[i] {
				if !met[p] {
					n++
				}
			}
			if n > most {
				best, most = i, n
			}
		}
		picked = append(picked, all[best])
		for _, p := range pairs[best] {
			met[p] = true
		}
		open -= most
	}
	slices.SortStableFunc(picked, func(a, b cell) int { return slices.Index(order, a.router) - slices.Index(order, b.router) })
	return picked
}

// cells are those of the matrix.
var cells = sync.OnceValue(func() []cell { return pairwise(possible()) })

// order is that of the routers, so that one is done before the next begins.
var order = func() (names []string) {
	for _, r := range routers {
		names = append(names, r.name)
	}
	return names
}()
