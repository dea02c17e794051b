package codec

import "sync/atomic"

// What decoding one payload may make in memory, unless [Decoder.Limit] says
// otherwise: so many bytes, or so many times what the payload has.
const (
	defaultLimit  = 64 << 20
	defaultFactor = 16
)

// grant is how much memory a Decoder asks for at once.
const grant = 4 << 10

// Budget is memory that several Decoders share, in bytes. The zero Budget has
// none. It is safe for concurrent use.
type Budget struct{ left atomic.Int64 }

// NewBudget returns a [Budget] of this many bytes.
func NewBudget(bytes int64) *Budget {
	b := &Budget{}
	b.left.Store(bytes)
	return b
}

// Give returns to b what [Decoder.Held] returned.
func (b *Budget) Give(bytes int) {
	if b != nil && bytes != 0 {
		b.left.Add(int64(bytes))
	}
}

func (b *Budget) take(bytes int) bool {
	if b == nil || b.left.Add(-int64(bytes)) >= 0 {
		return true
	}
	b.left.Add(int64(bytes))
	return false
}

// memory is what a Decoder may still ask for.
type memory struct {
	limit  int // of one payload, 0 for the default
	left   int
	held   int // what shared has given
	shared *Budget
}

// begin sets what a payload of so many bytes may cost.
func (m *memory) begin(size int) {
	m.left = m.limit
	if m.left <= 0 {
		m.left = defaultLimit
	}
	m.left = max(m.left, defaultFactor*size)
}

// Limit bounds the memory that decoding one payload may take: payload bytes, or
// 16 times the size of the payload if that is more. 0 means 64 MiB. The memory
// counts against shared, if that is not nil. Call Limit before [Decoder.Start].
func (d *Decoder) Limit(payload int, shared *Budget) {
	d.memory = memory{limit: payload, shared: shared}
}

// Held returns how many bytes of the shared [Budget] the decoded values take.
// [Budget.Give] returns them once the values are no longer used.
func (d *Decoder) Held() int {
	held := d.memory.held
	if d.budget > 0 {
		d.memory.shared.Give(d.budget)
		held -= d.budget
	}
	d.budget, d.memory.held = 0, 0
	return held
}

// charge takes n bytes from the budget before they are allocated. It reports
// false, after an error, if they are not there.
func (d *Decoder) charge(n int) bool {
	if d.budget -= n; d.budget < 0 {
		return d.ask()
	}
	return true
}

// ask asks for more memory.
func (d *Decoder) ask() bool {
	need := max(-d.budget, grant)
	switch {
	case d.err != nil:
	case -d.budget > d.memory.left:
		d.reject(d.last, RuleLimit, "a payload that takes less memory", "more lists and maps")
	default:
		need = min(need, d.memory.left)
		if !d.memory.shared.take(need) {
			d.reject(d.last, RuleLimit, "a payload that fits the memory left beside other payloads", "more lists and maps")
			break
		}
		d.memory.left -= need
		d.memory.held += need
		d.budget += need
		return true
	}
	d.budget = 0
	return false
}

// What Go takes for a map: its header, and eight slots at a time, which double.
const (
	mapHeader = 48
	mapSlots  = 8
)

// mapEntry charges for entry i of a map whose keys and values take so many
// bytes.
func (d *Decoder) mapEntry(i, entry int) bool {
	switch {
	case i%mapSlots != 0:
		return true
	case i == 0:
		return d.charge(mapSlots*entry + mapSlots)
	}
	return d.charge(2 * (mapSlots*entry + mapSlots))
}
