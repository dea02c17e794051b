// Package data holds values as people write them and as peers send them, before
// or after a schema has said what they are: trees of scalars, lists and maps that
// keep the order of keys, all digits of numbers, and the place of each part.
package data
