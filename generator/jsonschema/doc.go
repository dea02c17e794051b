// Package jsonschema makes a JSON Schema (draft 2020-12) of what an API has on
// the wire in JSON, for validators, gateways and generators that know nothing of
// WAMP.
package jsonschema
