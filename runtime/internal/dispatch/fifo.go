package dispatch

// FIFO is a queue of values of peers. The zero value is empty. It is not safe for
// concurrent use.
type FIFO[T any] struct {
	items []sized[T]
	head  int // of items: what is before was taken
	bytes int
}

// sized is a value and the size that it counts with.
type sized[T any] struct {
	value T
	size  int
}

// Push puts a value behind the others.
func (q *FIFO[T]) Push(v T, size int) {
	q.compact()
	q.items = append(q.items, sized[T]{v, size})
	q.bytes += size
}

// compact makes room at the end of items out of that at their beginning.
func (q *FIFO[T]) compact() {
	if q.head == 0 || 2*q.head < len(q.items) || len(q.items) < cap(q.items) {
		return
	}
	n := copy(q.items, q.items[q.head:])
	clear(q.items[n:])
	q.items, q.head = q.items[:n], 0
}

// Pop takes the value that has waited longest, and its size. ok is false if none
// waits.
func (q *FIFO[T]) Pop() (v T, size int, ok bool) {
	if q.head == len(q.items) {
		return v, 0, false
	}
	it := q.items[q.head]
	q.items[q.head] = sized[T]{} // it may pin a frame
	q.head++
	q.bytes -= it.size
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
	return it.value, it.size, true
}

// Bytes returns the size of all that waits.
func (q *FIFO[T]) Bytes() int { return q.bytes }

// Clear drops what waits.
func (q *FIFO[T]) Clear() { *q = FIFO[T]{} }
