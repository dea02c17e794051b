// Package connection connects the verbs of the command to a router: by flags, by
// named profiles, with every login. A secret is in a file or in the environment,
// never on the command line and never in a profile.
package connection
