package session

import (
	"context"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/transport"
)

// maxReplies is how many answers may wait for a router that makes us answer and
// does not read, some 8 MiB. The reader queues them without waiting, so this is
// far above what a flood of invocations brings before the writer has its turn.
const maxReplies = 64 << 10

// Dial opens a connection under ctx and starts the goroutines of its session.
// [Session.Join] comes next.
func Dial(ctx context.Context, cfg *Config, url string) (*Session, error) {
	s := &Session{
		cfg:   cfg,
		steps: make(chan step, 2),
		wake:  make(chan struct{}, 1),
	}
	s.life, s.die = context.WithCancel(context.Background())
	o := cfg.Link
	o.Wake, o.BatchLimit = s.signal, cfg.SendLimit
	link, err := cfg.Dialer.Dial(ctx, url, o)
	if err != nil {
		s.die()
		return nil, err
	}
	s.link, s.born = link, time.Now()
	s.core = core.NewSession(link.Format, core.Limits{
		Send: cfg.sendLimit(link), Pending: cfg.Limits.Pending, Replies: maxReplies,
	})
	s.core.Override(cfg.Overrides)
	if cfg.Strict {
		s.core.Strict()
	}
	s.features = s.core.Features()
	s.loops.Add(2)
	go s.read()  // reader: ends on a read error; joined by Wait
	go s.write() // writer: ends when the session has; joined by Wait
	return s, nil
}

// sendLimit is the largest message that may be sent over link.
func (cfg *Config) sendLimit(link *transport.Link) int {
	if link.SendLimit > 0 {
		return min(link.SendLimit, cfg.SendLimit)
	}
	return cfg.SendLimit
}
