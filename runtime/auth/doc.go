// Package auth logs a WAMP client in: anonymous, ticket, WAMP-CRA, WAMP-SCRAM (with the dialect of Crossbar.io and
// Autobahn), cryptosign, and the methods that the transport carries (TLS client certificate, cookie).
//
//	auth.Ticket("ann", auth.NewSecret(os.Getenv("TICKET")))
//	auth.SCRAM("ann", auth.SecretFunc(vault.Password))            // asked anew at each attempt
//	auth.Cryptosign("", auth.NewSecret(keyFileText), auth.TLSExporter)
//
// A [Method] is what a user configures; it is safe for concurrent use and holds no connection. For each connection the
// runtime calls [Begin], which asks every method for an [Attempt] and merges them into one [Exchange]: what goes into
// HELLO, the answer to each CHALLENGE, and the verdict on WELCOME.
//
// # The client decides
//
// A router is not trusted with the choice. Refused, with an [*Error] and before anything derived from a secret leaves
// the process: a WELCOME without the CHALLENGE that was configured, a CHALLENGE for a method that was not offered, a
// field that is missing or of the wrong type, a key derivation that is too cheap or too dear, a nonce that does not
// extend ours, a cryptosign challenge that is not 32 octets, a channel binding that is not the one asked for, a SCRAM
// verifier that is missing or wrong.
//
// WAMP itself does not authenticate the router: ticket, CRA and cryptosign bind the answer to the router's nonce at
// most, so TLS is what tells whom one talks to. SCRAM proves that the router knows the password's verifier, and
// [RouterKey] makes a cryptosign router sign a challenge of ours.
//
// # Secrets
//
// [Secret] prints as [redacted] everywhere, and so does [Response]. Errors name what was expected and what was found,
// never a secret and never a value derived from one.
//
// Sources: WAMP specification, "Authentication" and its sections on ticket, challenge-response, SCRAM and cryptosign
// authentication; RFC 5802 and 7677 (SCRAM), RFC 4013 (SASLprep), RFC 5929 and 9266 (channel binding).
package auth
