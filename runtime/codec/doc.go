// Package codec reads and writes the three serializations of WAMP: JSON,
// MessagePack and CBOR.
//
// [Encoder] appends values to a buffer, [Decoder] is a cursor over the bytes
// of one document. Both are made for generated code: they work without
// reflection and without allocation, and they know WAMP's conventions, such as
// binary in JSON as "\u0000" + base64. Values whose Go type is not known at
// build time pass through [Encoder.Any] and [Decoder.Any].
//
// # Limits
//
// Bytes from a peer are hostile until proven otherwise. No length and no count
// is believed beyond the bytes that are there, nesting ends at [MaxDepth], and
// nothing here recurses without a bound. What decoding makes in memory is counted
// before it is allocated, see [Decoder.Limit].
//
// # Rules for what the formats leave open
//
// Integers keep 64 bits; an integral float is accepted where an integer is
// wanted. Of duplicate map keys the last one wins, in typed and dynamic decode
// alike. Map keys must be text. Text must be UTF-8 and, in JSON, free of lone
// surrogates: this is judged when the text is read, so that a bad text in a
// payload fails the one who reads it and not the session ([WellFormed] judges
// it too). CBOR's indefinite lengths, half floats and tags are read and never
// written. Bignums, decimal fractions and bigfloats (tags 2 to 5) are numbers
// like any other: an integer where they are whole and fit 64 bits, else a float
// whose digits [Decoder.Number] keeps. Tags 0 and 1 mark times. Any other tag
// leaves its value what it is; [Decoder.Tag] shows it to types that know it.
//
// # Errors
//
// Errors are sticky: after the first failure every method does nothing and
// returns zero values, loops over lists and maps end, and Err says what went
// wrong and where. The path in an error is found by reading the document once
// more when the error happens, so it costs nothing before.
package codec
