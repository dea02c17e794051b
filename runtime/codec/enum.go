package codec

import (
	"errors"
	"fmt"
	"strconv"
)

// For generated code. UnmarshalEnum sets *v to the one of values whose text is
// b.
func UnmarshalEnum[T fmt.Stringer](v *T, b []byte, values []T) error {
	for _, x := range values {
		if x.String() == string(b) {
			*v = x
			return nil
		}
	}
	return errors.New("codec: not a value of the enum")
}

// For generated code. EnumNumber returns the text of an integer enum's value
// that has no name.
func EnumNumber(v int64) string { return strconv.FormatInt(v, 10) }
