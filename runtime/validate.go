package wamp

import (
	"fmt"
	"reflect"

	"github.com/wampgen/wampgen/runtime/codec"
)

// validator is what generated types with rules implement.
type validator interface{ Validate() error }

// receive decodes a result or an event, and validates it where that is asked for.
func receive[T any](c *Client, raw codec.Payload, decode func(codec.Payload) (T, error)) (T, error) {
	v, err := readPayload(raw, decode)
	if err == nil && c.cfg.validate {
		err = validate(reflect.ValueOf(&v))
	}
	return v, err
}

// validate finds the first value that the schema does not allow: by a type's own
// Validate, and in lists and maps that have no name by that of their elements.
func validate(v reflect.Value) error {
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil
	}
	if own, ok := v.Interface().(validator); ok {
		return own.Validate()
	}
	switch v.Kind() {
	case reflect.Pointer:
		return validate(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if err := validate(v.Index(i).Addr()); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
	case reflect.Map:
		for i := v.MapRange(); i.Next(); {
			elem := reflect.New(v.Type().Elem()) // some have Validate on the pointer
			elem.Elem().Set(i.Value())
			if err := validate(elem); err != nil {
				return fmt.Errorf("[%q]: %w", i.Key().String(), err)
			}
		}
	}
	return nil
}
