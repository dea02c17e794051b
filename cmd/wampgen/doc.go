// Wampgen turns WAMP APIs written in YAML into Go.
//
//	wampgen init name                    make a small project that runs at once
//	wampgen generate [file...|dir/...]   write the Go code of schemas
//	wampgen check [file...|dir/...]      find errors in schemas, and what looks wrong
//	wampgen fmt [file...|dir/...|-]      write schemas in their canonical form
//	wampgen breaking --against version   find what breaks since another version of the schemas
//	wampgen router                       run a router for development on this machine
//	wampgen call procedure [argument...] call a procedure and print its result
//	wampgen listen topic                 subscribe to a topic and print its events
//	wampgen verify [file...|dir/...]     find what nobody serves, and policies that differ, in a live system
//	wampgen docs [file]                  print the reference of an API, for its users
//	wampgen schema                       print the JSON Schema of the language, for editors
//	wampgen completion shell             print a script that completes command lines
//	wampgen version                      print the version
//
// Exit codes: 0 fine; 1 the schema or the output has findings; 2 wampgen could
// not do its work (usage, files that cannot be read or written, a bug).
package main
