// Command peers measures this client beside others: nexus, and autobahn-js and
// autobahn-python where they are installed. All of them talk to one router
// process of nexus, over WebSocket and CBOR, a caller with a callee and a
// publisher with a subscriber of the same library. They take turns, and every
// ratio is one of two measurements of the same round.
//
//	go run ./runtime/internal/bench/peers [-rounds 7] [-ms 400] [-o docs]
//
// With -o it writes performance.svg into that folder, and the tables into
// performance.md between its markers. make bench-peers installs the peers first.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

func main() {
	log.SetFlags(0)
	if router.ServeFromEnv() {
		return
	}
	if len(os.Args) == 4 && os.Args[1] == "peer" {
		if err := serve(os.Args[2], os.Args[3]); err != nil {
			log.Fatal(err)
		}
		return
	}
	rounds := flag.Int("rounds", 7, "so many measurements of everything")
	ms := flag.Int("ms", 400, "so many milliseconds for each measurement")
	out := flag.String("o", "", "the `folder` of performance.md")
	flag.Parse()
	if err := measure(*rounds, *ms, *out); err != nil {
		log.Fatal(err)
	}
}

// measure runs all rounds and reports them.
func measure(rounds, ms int, out string) error {
	r, err := router.StartProcess(router.Config{})
	if err != nil {
		return err
	}
	defer r.Stop()
	m := newMachine(rounds, ms)
	peers, err := start(r.WebSocketURL())
	if err != nil {
		return err
	}
	for _, p := range peers {
		m.versions = append(m.versions, p.name+" "+p.version)
	}
	fmt.Println(m)
	seen, err := takeTurns(peers, rounds, ms)
	if err != nil {
		return err
	}
	m.end()
	for _, p := range peers {
		p.stop()
	}
	memory, err := idling(r, min(rounds, 3))
	if err != nil {
		return err
	}
	made, err := generating(rounds)
	if err != nil {
		return err
	}
	codecs, err := codecs(rounds)
	if err != nil {
		return err
	}
	text := m.String() + seen.table(peers) + memory + codecs + made
	fmt.Println(text)
	if out == "" {
		return nil
	}
	return publish(out, text, seen.plot(peers))
}

// takeTurns measures everything with every peer. What a first round gives is
// left out: compilers of the peers are at work in it.
func takeTurns(peers []*peer, rounds, ms int) (results, error) {
	seen := results{}
	for round := range rounds + 1 {
		if round == 1 {
			seen = results{}
		}
		for _, c := range cells(ms) {
			for i := range peers {
				p := peers[(round+i)%len(peers)] // who goes first changes
				if err := seen.add(c, p); err != nil {
					return nil, fmt.Errorf("%s of %s: %w", c.name, p.name, err)
				}
			}
		}
		log.Printf("round %d of %d", round, rounds)
	}
	return seen, nil
}
