package dispatch

import (
	"fmt"
	"runtime/debug"
)

// Crash says how user code ended other than by returning.
type Crash struct {
	// Value is what it panicked with; nil if it ended its goroutine.
	Value any
	// Stack is where.
	Stack []byte
}

// Error says what happened, without the value.
func (c *Crash) Error() string {
	if c.Value == nil {
		return "ended its goroutine"
	}
	return fmt.Sprintf("panicked with a %T", c.Value)
}

// Guard runs user code. A panic is returned as a [*Crash]. If f ends its
// goroutine, as a test's FailNow does, lost runs as the last thing on it.
func Guard(f func() error, lost func(*Crash)) (err error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if v := recover(); v != nil {
			err = &Crash{Value: v, Stack: debug.Stack()}
			return
		}
		lost(&Crash{Stack: debug.Stack()})
	}()
	err = f()
	returned = true
	return err
}
