package core

// counter issues the request ids of one session: 1, 2, 3, … and 1 again after
// MaxID (R064, R065). An id that still waits for its reply is skipped when the
// counter comes round again (R074).
type counter struct {
	last    uint64
	wrapped bool
}

// next is the id that the next request will have; busy reports which ids wait.
func (c *counter) next(busy map[uint64]request) uint64 {
	id := c.last
	for {
		if id >= MaxID {
			id = 0
		}
		id++
		if _, taken := busy[id]; !taken {
			return id
		}
	}
}

// use makes id the last one issued.
func (c *counter) use(id uint64) {
	c.wrapped = c.wrapped || id < c.last
	c.last = id
}

// issued reports whether id was ever given to a request of this session.
func (c *counter) issued(id uint64) bool { return c.wrapped || id <= c.last }
