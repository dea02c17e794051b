// Package ports reserves loopback ports for the servers of tests: for those of
// other processes, which cannot bind port 0 and say what they got, and for those
// that end and start again at the same address.
package ports

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// The ports to choose from. Systems take those of port 0 and of outgoing
// connections from above: gVisor from 16000, Linux from 32768, others from 49152.
// One of those, free when it is chosen, may be somebody else's by the time a slow
// server binds it.
const first, end = 10000, 16000

// Reserve returns n TCP ports of 127.0.0.1 on which nobody listens. Until release is
// called, or nothing refers to it any more, no call of Reserve in any process returns
// one of them again.
func Reserve(n int) (ports []string, release func(), err error) {
	var holds []net.PacketConn
	release = func() {
		for _, h := range holds {
			_ = h.Close()
		}
	}
	for tries := 0; len(ports) < n; tries++ {
		if tries == end-first {
			release()
			return nil, nil, errors.New("ports: too few ports from 10000 to 15999 are free")
		}
		port := strconv.Itoa(first + rand.IntN(end-first))
		if h := hold(port); h != nil {
			ports, holds = append(ports, port), append(holds, h)
		}
	}
	return ports, release, nil
}

// hold reserves one port, by binding the UDP port of the same number, which leaves
// the TCP port to the server. It returns nil if somebody has either.
func hold(port string) net.PacketConn {
	addr := net.JoinHostPort("127.0.0.1", port)
	h, err := net.ListenPacket("udp", addr)
	if err != nil {
		return nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		_ = h.Close()
		return nil
	}
	_ = l.Close()
	return h
}
