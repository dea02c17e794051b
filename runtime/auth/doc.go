// Package auth logs a WAMP client in: anonymous, ticket, WAMP-CRA, WAMP-SCRAM
// (with the dialect of Crossbar.io and Autobahn), cryptosign, and the methods
// that the transport carries (TLS client certificate, cookie).
//
//	auth.Ticket("ann", auth.NewSecret(os.Getenv("TICKET")))
//	auth.SCRAM("ann", auth.SecretFunc(vault.Password))            // asked anew at each attempt
//	auth.Cryptosign("", auth.NewSecret(keyFileText), auth.TLSExporter)
//
// A [Method] is what a user configures. It is safe for concurrent use and
// belongs to no connection. For each connection the runtime calls [Begin],
// which starts an [Attempt] of every method and merges them into one
// [Exchange]. The Exchange supplies the fields of HELLO, answers each
// CHALLENGE, and accepts or refuses WELCOME.
//
// # The client decides
//
// The router does not decide how the client logs in. The client refuses the
// following with an [*Error], before anything derived from a secret leaves the
// process: a WELCOME without the configured CHALLENGE, a CHALLENGE for a method
// that was not offered, a missing field or one of the wrong type, a key
// derivation that costs too little or too much, a nonce that does not extend
// the client's, a cryptosign challenge that is not 32 octets, another channel
// binding than the requested one, and a missing or wrong SCRAM verifier.
//
// Most methods of WAMP do not authenticate the router, so use TLS, which does.
// With SCRAM the router proves that it knows the verifier of the password. With
// [RouterKey] a cryptosign router signs a challenge of the client.
//
// # Secrets
//
// A [Secret] and a [Response] print as "[redacted]" everywhere. Errors say what
// was expected and what was found. No error's text contains a secret or a value
// derived from one.
//
// Sources: WAMP specification, "Authentication" and its sections on ticket,
// challenge-response, SCRAM and cryptosign authentication; RFC 5802 and 7677
// (SCRAM), RFC 4013 (SASLprep), RFC 5929 and 9266 (channel binding).
package auth
