package core

// windowSize is how many ids a window remembers.
const windowSize = 4096

// window remembers which of the latest ids are over. Ids mostly rise; one that is
// far below the highest is forgotten. The zero value is ready to use.
type window struct {
	highest uint64
	bits    [windowSize / 64]uint64 // of id in bit id % windowSize
}

// add notes that an id is over.
func (w *window) add(id uint64) {
	switch {
	case id >= w.highest+windowSize:
		w.bits = [windowSize / 64]uint64{}
		w.highest = id
	case id > w.highest:
		for w.highest < id {
			w.highest++
			w.bits[w.highest%windowSize/64] &^= 1 << (w.highest % 64)
		}
	case w.highest-id >= windowSize:
		return
	}
	w.bits[id%windowSize/64] |= 1 << (id % 64)
}

// has reports whether an id is known to be over.
func (w *window) has(id uint64) bool {
	return id <= w.highest && w.highest-id < windowSize && w.bits[id%windowSize/64]&(1<<(id%64)) != 0
}
