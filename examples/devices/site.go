package main

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"github.com/wampgen/wampgen/examples/devices/fleet"
	wamp "github.com/wampgen/wampgen/runtime"
)

// site is a process with devices as its parent sees it.
type site struct{ cmd *exec.Cmd }

// startSite starts this program again, as the site of that number.
func startSite(ctx context.Context, name, number, url string) (*site, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &site{exec.CommandContext(ctx, self, name, number, url)}
	s.cmd.Stderr = os.Stderr
	return s, s.cmd.Start()
}

// kill ends the process without a word. It may be called more than once.
func (s *site) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// runSite is a site: it starts its devices and waits to be killed.
func runSite(name, number, url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	n, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	var starting sync.WaitGroup
	room := make(chan struct{}, 16) // devices that connect at a time
	failed := make(chan error, devices)
	for i := range devices {
		room <- struct{}{}
		starting.Go(func() { // joined below
			defer func() { <-room }()
			if err := startDevice(ctx, deviceID(n*devices+i), name, url); err != nil {
				failed <- err
			}
		})
	}
	starting.Wait()
	if len(failed) > 0 {
		return <-failed
	}
	<-ctx.Done()
	return ctx.Err()
}

// device is one device at a site.
type device struct{ site string }

var _ fleet.DeviceCallee = device{}

// DeviceLocate implements device.{device_id}.locate.
func (d device) DeviceLocate(context.Context, fleet.DeviceID) (string, error) { return d.site, nil }

// startDevice connects a device, registers its procedures under its own URIs
// and says that it is online.
func startDevice(ctx context.Context, id fleet.DeviceID, site, url string) error {
	client, err := connect(ctx, url)
	if err != nil {
		return err
	}
	if _, err := fleet.RegisterDevice(ctx, client, id, device{site}); err != nil {
		return err
	}
	return fleet.PublishDeviceState(ctx, client, fleet.DeviceState{DeviceID: id, State: fleet.StateOnline})
}

// connect joins the router. Five hundred clients in the log would hide the
// rest.
func connect(ctx context.Context, url string) (*wamp.Client, error) {
	return wamp.Connect(ctx, url, "realm1", wamp.WithLogger(slog.New(slog.DiscardHandler)))
}
