// Package mock answers the calls of an API and publishes its events without the
// service: by rules, by the examples of the schema, and by values that fit its
// types.
package mock
