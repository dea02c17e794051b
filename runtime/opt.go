package wamp

// Opt is a value that may be absent, null or set: the Go type of
// `optional T|null`. The zero value is absent. Values are compared with == where T
// is comparable.
type Opt[T any] struct {
	value T
	state optState
}

type optState uint8

const (
	optAbsent optState = iota
	optNull
	optSet
)

// Some returns an Opt that is set to v.
func Some[T any](v T) Opt[T] { return Opt[T]{value: v, state: optSet} }

// Null returns an Opt that is null.
func Null[T any]() Opt[T] { return Opt[T]{state: optNull} }

// Get returns the value and whether there is one; the zero T where there is none.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == optSet }

// IsAbsent tells that the key is not there.
func (o Opt[T]) IsAbsent() bool { return o.state == optAbsent }

// IsNull tells that the key is there and null.
func (o Opt[T]) IsNull() bool { return o.state == optNull }

// IsSet tells that there is a value.
func (o Opt[T]) IsSet() bool { return o.state == optSet }
