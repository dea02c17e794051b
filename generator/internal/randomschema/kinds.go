package randomschema

// constrained are types with constraints that the random values of the foreign
// check meet.
var constrained = []construct{
	says("min and max of an int", "{type: int8, min: -128, max: 127}"), says("max of a string", "{type: string, max: 12}"),
	says("pattern", "{type: string, pattern: '(?s)^.*$'}"), says("max of bytes", "{type: bytes|null, max: 3}"),
	says("max of a list", "{type: list<T0>, max: 3}"), says("unique", "{type: list<uuid>, unique: true}"),
	says("max of a map", "{type: map<int>, max: 3}"), says("multiple_of", "{type: uint16, multiple_of: 1}"),
	says("exclusive bounds", "{type: float64, exclusive_min: -1e300, exclusive_max: 1e300}"),
	says("bounds of a duration", "{type: duration, max: 1000h}"),
}
