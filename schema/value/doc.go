// Package value turns JSON into the payloads of an API and back, by its schema:
//
//	place := value.Arguments(procedure)
//	payload, problems := place.Read(typed)          // what a person wrote
//	result, problems := value.Result(procedure).Render(received)
//
// It also makes values of a type: samples, those at the borders of what is
// allowed, and those beyond, each with what is wrong with it.
//
// Payloads are plain Go values, as a client without a schema sends and gets them:
// nil, bool, int64, uint64, float64, string, []byte, [time.Time], []any and
// map[string]any.
package value
