package ports

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
)

// A port that the system hands out, free when it was chosen, was another socket's
// when Crossbar.io came to bind it.
func TestReserve_LeavesWhatTheSystemHandsOut(t *testing.T) {
	low, high := 49152, 65535
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		if _, err := fmt.Fscan(strings.NewReader(string(text)), &low, &high); err != nil {
			t.Fatal(err)
		}
	}
	if low < end {
		t.Skipf("this system hands out ports from %d, and leaves none of those that are reserved", low)
	}
	ports, release, err := Reserve(100)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	seen := map[string]bool{}
	for _, p := range ports {
		if n, err := strconv.Atoi(p); err != nil || n >= low && n <= high || seen[p] {
			t.Errorf("port %s: reserved twice, or one of those from %d to %d that the system hands out", p, low, high)
		}
		seen[p] = true
		l, err := net.Listen("tcp", "127.0.0.1:"+p)
		if err != nil {
			t.Fatal(err)
		}
		_ = l.Close()
	}
}

func TestReserve_HoldsUntilRelease(t *testing.T) {
	ports, release, err := Reserve(1)
	if err != nil {
		t.Fatal(err)
	}
	if h := hold(ports[0]); h != nil {
		t.Error("a reserved port can be reserved again")
	}
	release()
	h := hold(ports[0])
	if h == nil {
		t.Fatal("a port cannot be reserved again when it was released")
	}
	_ = h.Close()
}

func TestReserve_RefusesAPortInUse(t *testing.T) {
	ports, release, err := Reserve(1)
	if err != nil {
		t.Fatal(err)
	}
	release()
	l, err := net.Listen("tcp", "127.0.0.1:"+ports[0])
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if h := hold(ports[0]); h != nil {
		t.Error("a port on which somebody listens can be reserved")
	}
}
