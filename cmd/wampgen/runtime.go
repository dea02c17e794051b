package main

// The generated code imports the runtime. Because the tool does so too,
// "go get -tool" adds to go.mod and go.sum all that the code needs, and what
// was generated compiles without "go mod tidy".
import _ "github.com/wampgen/wampgen/runtime"
