//go:build race

package schema

func init() { slowdown = 10 }
