// Package randomschema writes random schemas for tests. What it can write is a
// table, constructs.go: one entry for each thing that the language can say. A new
// construct of the language is a new entry there.
//
// The tests of generator/golang type-check the code of a few schemas. The module
// in the folder foreign does more with many of them.
package randomschema
