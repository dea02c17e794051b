// Devices shows 500 devices in two processes. Each is a client of its own and a
// callee with its own URI, com.example.fleet.device.dev-007.locate. A caller
// reaches every one by its id, and a subscriber hears of all of them. Then one
// process is killed with SIGKILL and started again.
//
//	go run . [-url ws://router.example.com/ws]
//
// Without -url it starts a router.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/wampgen/wampgen/examples/devices/fleet"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

//go:generate go run ../../cmd/wampgen generate fleet/fleet.wamp.yaml

// devices is how many there are in each of the two processes.
const devices = 250

func main() {
	if router.ServeFromEnv() {
		return // this process was started to be the router
	}
	if len(os.Args) == 4 {
		log.Fatal(runSite(os.Args[1], os.Args[2], os.Args[3]))
	}
	url := flag.String("url", "", "the `URL` of a router with the realm realm1")
	flag.Parse()
	if err := run(os.Stdout, *url); err != nil {
		log.Fatal(err)
	}
}

// run is the parent process: it calls and subscribes, and the sites with the
// devices are its children.
func run(w io.Writer, url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if url == "" {
		r, err := router.StartProcess(router.Config{})
		if err != nil {
			return err
		}
		defer r.Stop()
		url = r.WebSocketURL()
	}
	client, err := connect(ctx, url)
	if err != nil {
		return err
	}
	defer client.Close(ctx)
	online, err := listen(ctx, client)
	if err != nil {
		return err
	}

	fmt.Fprintf(w, "Two sites run %d devices each. Every device is a callee with a URI of its own.\n", devices)
	north, err := startSite(ctx, "north", "0", url)
	if err != nil {
		return err
	}
	defer north.kill()
	south, err := startSite(ctx, "south", "1", url)
	if err != nil {
		return err
	}
	defer south.kill()
	if err := report(ctx, w, client, online, 2*devices); err != nil {
		return err
	}

	fmt.Fprintln(w, "South is killed with SIGKILL.")
	south.kill()
	caller := fleet.NewCaller(client)
	for err = nil; !errors.Is(err, wamp.ErrNoSuchProcedure); { // until the router has noticed
		if _, err = caller.DeviceLocate(ctx, "dev-300", wamp.WithGrace(0)); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	where, err := caller.DeviceLocate(ctx, "dev-100")
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "  dev-300 cannot be reached, dev-100 is in the %s\n", where)

	fmt.Fprintln(w, "South is started again.")
	if south, err = startSite(ctx, "south", "1", url); err != nil {
		return err
	}
	defer south.kill()
	if err := report(ctx, w, client, online, devices); err != nil {
		return err
	}
	_, err = caller.DeviceLocate(ctx, "dev-300.x")
	var bad *wamp.URIError
	if !errors.As(err, &bad) {
		return fmt.Errorf("the id dev-300.x was not refused: %w", err)
	}
	fmt.Fprintln(w, "An id that a URI cannot have is refused:", bad.Reason)
	return nil
}

// listen subscribes to the state of every device. It returns the devices that
// come online.
func listen(ctx context.Context, client *wamp.Client) (<-chan fleet.DeviceID, error) {
	online := make(chan fleet.DeviceID, 4*devices)
	_, err := fleet.SubscribeDeviceState(ctx, client, fleet.DeviceStateMatch{}, func(_ context.Context, ev fleet.DeviceState) error {
		if ev.State == fleet.StateOnline {
			online <- ev.DeviceID
		}
		return nil
	})
	return online, err
}

// report waits for n devices to come online, then calls all of them by id.
func report(ctx context.Context, w io.Writer, client *wamp.Client, online <-chan fleet.DeviceID, n int) error {
	seen := map[fleet.DeviceID]bool{}
	for len(seen) < n {
		select {
		case id := <-online:
			seen[id] = true
		case <-ctx.Done():
			return fmt.Errorf("%d of %d devices came online: %w", len(seen), n, ctx.Err())
		}
	}
	fmt.Fprintf(w, "  %d devices came online\n", len(seen))
	caller, places := fleet.NewCaller(client), map[string]int{}
	for i := range 2 * devices {
		where, err := caller.DeviceLocate(ctx, deviceID(i))
		if err != nil {
			return err
		}
		places[where]++
	}
	fmt.Fprintf(w, "  %d devices answered in the north and %d in the south\n", places["north"], places["south"])
	return nil
}

func deviceID(i int) fleet.DeviceID { return fleet.DeviceID(fmt.Sprintf("dev-%03d", i)) }
