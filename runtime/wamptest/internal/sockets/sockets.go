// Package sockets has what the servers of wamptest need of loopback sockets.
package sockets

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// Listen listens on addr, insisting for a while: a port that was ours a moment
// ago may be the local end of somebody's outgoing connection just now.
func Listen(network, addr string) (net.Listener, error) {
	const patience, pause = 5 * time.Second, 10 * time.Millisecond
	deadline := time.Now().Add(patience)
	for {
		l, err := net.Listen(network, addr)
		if err == nil {
			return l, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(deadline) {
			return nil, fmt.Errorf("wamptest: cannot listen: %w", err)
		}
		<-time.After(pause)
	}
}

// ResetOnClose makes the next Close of a TCP connection send RST.
func ResetOnClose(conn net.Conn) {
	if tcp, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0)
	}
}
