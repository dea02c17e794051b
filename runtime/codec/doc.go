// Package codec reads and writes the three serializations of WAMP: JSON,
// [MessagePack] and CBOR.
//
// For generated code. An [Encoder] appends values to a buffer, a [Decoder] is a
// cursor over the bytes of one document. Both work without reflection and
// without allocation, and know the conventions of WAMP, such as bytes in JSON
// as "\u0000" and base64. Values whose Go type is not known at build time pass
// through [Encoder.Any] and [Decoder.Any].
//
// # Limits
//
// Bytes from a peer are treated as hostile. A length or count is never trusted
// beyond the bytes that are present, and nesting is bounded by [MaxDepth]. The
// memory of decoded values is counted before it is allocated, see
// [Decoder.Limit].
//
// # Rules for what the formats leave open
//
// Integers keep 64 bits. A whole float is accepted as an integer. Of duplicate
// map keys the last one wins, in typed and in dynamic decoding. Map keys must
// be text.
//
// Text must be UTF-8 and, in JSON, free of lone surrogates. It is checked when
// it is read, so that invalid text in a payload fails its reader and not the
// session. [WellFormed] checks it too.
//
// CBOR's indefinite lengths, half floats and tags are read and never written.
// Bignums, decimal fractions and bigfloats (tags 2 to 5) are numbers: an
// integer if they are whole and fit 64 bits, otherwise a float;
// [Decoder.Number] keeps all their digits. Tags 0 and 1 mark times. Any other
// tag is skipped; [Decoder.Tag] returns it to types that know it.
//
// # Errors
//
// Errors are sticky. After the first failure every method does nothing and
// returns zero values, loops over lists and maps end, and Err returns the
// error. The path in an error is found by reading the document a second time,
// so it costs nothing unless there is an error.
package codec
