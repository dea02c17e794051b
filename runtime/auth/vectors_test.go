package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"strings"
	"testing"
)

// The vectors of docs/requirements.md section 3. A router's acceptance proves little (nexus takes a cryptosign signature over any
// bytes), so the bytes themselves are compared.

const (
	chA = `{ "nonce":"LHRTC9zeOIrt_9U3", "authprovider":"userdb", "authid":"peter", "timestamp":"2014-06-22T16:36:25.448Z", "authrole":"user", "authmethod":"wampcra", "session":3251278072152162 }`
	chB = `{"authid":"11111111","authrole":"client","authmethod":"wampcra","authprovider":"mssql","nonce":"1280303478343404","timestamp":"2015-10-27T14:28Z","session":586844620777222}`
	chC = `{"authrole": "commonuser", "authprovider": "static", "authmethod": "wampcra", "timestamp": "2016-05-19T09:30:32.177Z", "session": 6492709588079659, "authid": "joe", "nonce": "Z+UXH9Q8htepjpDYGAuwBQgeQTSX2W9eZrEJLFrr1ohVJVHjzIaxgw7niL6CsAQb"}`
)

// R274, R275, R276.
func TestVectorsCRA(t *testing.T) {
	for _, v := range []struct {
		name, secret, salt   string
		iterations, keyLen   int
		challenge, key, want string
	}{
		{"VC1", "secret", "", 0, 0, chA, "", "NWktSrMd4ItBSAKYEwvu1bTY7G/sSyjKbz+pNP9c04A="},
		{"VC2", "password", "salt123", 1000, 32, chA, "XX9AIwVx2pYcnIAm+U69vjdUImcvNehHD5atN4rwDb0=", "hk/2riA2JqydfL5wLoicrYfAt8uNeP6nikk9kqDhsnM="},
		{"VC3", "L3L1YUE8Txlw", "salt123", 1000, 32, "", "qzcdsr9uu/L5hnss3kjNTRe490ETgA70ZBaB5rvnJ5Y=", ""},
		{"VC4", "L3L1YUE8Txlw", "", 0, 0, "[1, 2, 3]", "", "1njQtmmeYO41N5EWEzD2kAjjEKRZ5kPZt/TzpYXOzR0="},
		{"VC5", "3614", "gbnk5ji1b0dgoeavu31er567nb", 1000, 32, chB, "pjyujtcFkRES8z9jUqvPjokWp2G6xBh7QhtB0tMV6YA=", "APO4Z6Z0sfpJ8DStwj+XgwJkHkeSw+eD9URKSHf+FKQ="},
		{"VC6", "secretKey", "", 0, 0, chC, "", "pKj6AlpNYn7QKqAZD0WctTVO+nxpSG1kT9muLzbv5Mo="},
		{"VC7a", "secretKey", "secretSalt", 1000, 32, "", "PjhbMq82TzEZgl7/qKoUrk2ZdYl3sBciwBVSnE7ZCYM=", ""},
		{"VC7b", "secretKey", "secretSalt", 500, 32, "", "t/+iDiMZLt/mFSzbtq7vJHdExA3FtBu0LukzpTFYBpI=", ""},
		{"VC7c", "secretKey", "secretSalt", 2000, 16, "", "ER8wnMRXtdNgY8tJ37FkhQ==", ""},
		{"VC8", "secretKey", "secretSalt", 100, 16, chC, "4xPKmd0FuGyy5x2LtrirNg==", "W+wnbw5Uo9rkDIrQf1SSJue4JPzkqWQE89sO4qndUs4="},
		{"VC9", "Straße123!", "pepper", 1000, 32, "", "r/FzWwojHwqx4KyAcilek57r9UxeJuJnunKCBkz7h9c=", ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			key := []byte(v.secret)
			if v.salt != "" {
				var err error
				if key, err = craKey(v.secret, v.salt, v.iterations, v.keyLen); err != nil || string(key) != v.key {
					t.Errorf("key %s, %v; want %s", key, err, v.key)
				}
			}
			if v.challenge == "" {
				return
			}
			if got := craSignature(key, v.challenge); got != v.want {
				t.Errorf("signature %s; want %s", got, v.want)
			}
			if v.challenge[0] != '{' {
				return // VC4: a vector of the MAC, not a challenge that we would sign
			}
			extra := map[string]any{"challenge": v.challenge}
			if v.salt != "" {
				extra["salt"], extra["iterations"], extra["keylen"] = v.salt, int64(v.iterations), uint64(v.keyLen)
			}
			a := begin(t, CRA("joe", NewSecret(v.secret), CRALimits{MinIterations: 100}), Channel{})
			r, err := a.Respond(context.Background(), Challenge{"wampcra", extra})
			if err != nil || r.Signature != v.want || r.Extra == nil || len(r.Extra) != 0 { // R269
				t.Errorf("Respond: %q %v, %v; want %s and {}", r.Signature, r.Extra, err, v.want)
			}
		})
	}
}

// scramVector is one login. The costs are checked too: argon2 with more passes than memory is legal.
type scramVector struct {
	name, method, authid, password string
	nonce, full, salt, kdf         string
	iterations, memory             int
	binding                        Binding
	bindingData                    string
	salted, proof, signature       string // hex or, in the dialect, text; base64; base64
}

const (
	rfcNonce, rfcFull   = "rOprNGfwEbeRWgbNEkqO", "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
	rfcSalt             = "W22ZaJ0SNY7soEsUEjb6gQ=="
	specNonce, specFull = "egVDf3DMJh0=", "egVDf3DMJh0=SBmkFIh7sSo="
	specSalt            = "aBc+fx0NAVA="
	vs4Salted           = "4073f00b9b900fb7cbe2de11a72871f4b981616c85329569c7807f849ad23e38"
	vs10Nonce           = "AAECAwQFBgcICQoLDA0ODxAR"
	vs10Full            = vs10Nonce + "ICEiIyQlJicoKSorLC0uLw=="
	vs10Salt            = "O8PKAd0dUByhwi4cXX0W/g=="
)

var scramVectors = []scramVector{
	{"VS1", "wamp-scram", "user", "pencil", rfcNonce, rfcFull, rfcSalt, "pbkdf2", 4096, 0, "", "", "c4a49510323ab4f952cac1fa99441939e78ea74d6be81ddf7096e87513dc615d", "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
	{"VS2", "wamp-scram", "user", "pencil", rfcNonce, rfcFull, rfcSalt, "argon2id13", 4096, 100, "", "", "e80215204f9f83ce16b943081f77098a55761f59299dfe121e53874ea6ad2050", "b8qnNPK25OveSr9H7LVV1tcZqyICZe2DLammvNEDJwg=", "9hLTpoVO3klQ7a4W7djWs6k73eXF384gBm+akWpaSGc="},
	{"VS3", "wamp-scram", "user", "Straße", rfcNonce, rfcFull, rfcSalt, "pbkdf2", 4096, 0, "", "", "", "TZVudO0htKotRan67S3g8mpR+2+TfH3wLC4CZ7DidWo=", ""},
	{"VS4", "wamp-scram", "user", "pencil", specNonce, specFull, specSalt, "pbkdf2", 4096, 0, "", "", vs4Salted, "L1uwjEEL7BdbtlWMKxNcQ1A/CmNjct+7xdAguB/rpnA=", "AyTAljdPHv74Zx+gn+6DqiFnl4XOZUXpC7k/pSkjBOg="},
	{"VS5", "wamp-scram", "user", "pencil", specNonce, specFull, specSalt, "argon2id13", 3, 4096, "", "", "a4c7c6796a37a8e3389cba3f1979543eb24f5ea171581361fbd810e99f28dbe6", "45Rq0fWNLhn8SgVvNUm573pQgsGOAL7UR/mf5oYzP5Y=", "yTiTcGCCbxaO96V+bwMdfoHFJJ18UErftTXdA2hdE/M="},
	{"VS6", "wamp-scram", "us=er,x", "pencil", specNonce, specFull, specSalt, "pbkdf2", 4096, 0, "", "", vs4Salted, "onAVOuatOAYwQZxRaDqtwDa5QGgV31tipoPCZkWtX14=", "N13kAe/UbVv2LGPI5mt6Sr6a5NscN/0fbGei3OXqN8I="},
	{"VS7", "wamp-scram", "user", "pencil", specNonce, specFull, specSalt, "pbkdf2", 4096, 0, TLSUnique, "\x00\xff\x01", vs4Salted, "VNrdUOv/eP/qkT1NIvQ+5anCRsnRFalpAsui6wExycs=", "Zu09L1j3Gcv0E8ckjYJ1Rn/2E3WUC2sIBCs91Q/lYSY="},
	{"VS10", "wamp-scram", "foobar@example.com", "secret123", vs10Nonce, vs10Full, vs10Salt, "argon2id13", 4096, 512, "", "", "5fa91eecfc1414db0db3cca9bfec64af495bdfa0bc8c135a8c17b6b5e3686cab", "wWAiS09NrvnoGcY+TlIrAGMu7Rk5sx18/XXDRUX6IdY=", "PVeoEYfrXopBYVoEiJ/5S/3nV6nZ+RiG3srhD5uJnIM="},
	{"dialect", "scram", "foobar@example.com", "secret123", vs10Nonce, vs10Full, vs10Salt, "argon2id-13", 4096, 512, "", "", "X6ke7PwUFNsNs8ypv+xkr0lb36C8jBNajBe2teNobKs", "d1NhvQFF1Cuuf0goz6F0jvAw+ixY81D+tcXxAfeZ/Xo=", "UGfYFX4xZ+hj9jBuSCZacs+slQpy+prnwHGKqlC+uoY="},
}

func (v *scramVector) attempt() *scramAttempt {
	m := SCRAM(v.authid, NewSecret(v.password), v.binding).(*scramMethod)
	a := &scramAttempt{
		method: m, authid: v.authid, password: NewSecret(v.password), nonce: v.nonce, bindingData: []byte(v.bindingData),
	}
	a.label = m.label
	return a
}

func (v *scramVector) challenge() Challenge {
	return Challenge{v.method, map[string]any{
		"nonce": v.full, "salt": v.salt, "kdf": v.kdf, "iterations": int64(v.iterations), "memory": int64(v.memory),
	}}
}

// R283, R284, R285, R286, R287.
func TestVectorsSCRAM(t *testing.T) {
	for _, v := range scramVectors {
		t.Run(v.name, func(t *testing.T) {
			d, a := scramDialects[v.method], v.attempt()
			r, err := a.Respond(context.Background(), v.challenge())
			if err != nil || r.Signature != v.proof {
				t.Errorf("proof %s, %v; want %s", r.Signature, err, v.proof)
			}
			for _, salted := range a.method.keys.keys {
				got := hex.EncodeToString(salted)
				if !d.spec {
					got = string(salted)
				}
				if v.salted != "" && got != v.salted {
					t.Errorf("SaltedPassword %s; want %s", got, v.salted)
				}
			}
			checkSCRAMExtra(t, &v, r.Extra)
			if v.signature == "" {
				return
			}
			for _, prefix := range []string{"", "v="} {
				if err := a.Verify(map[string]any{d.verifier: prefix + v.signature, "x_cb_node": "n"}); err != nil {
					t.Errorf("verifier with prefix %q: %v", prefix, err)
				}
			}
		})
	}
}

func checkSCRAMExtra(t *testing.T, v *scramVector, got map[string]any) {
	t.Helper()
	want := map[string]any{}
	if v.method == "wamp-scram" {
		want["nonce"], want["channel_binding"] = v.full, v.binding.value()
	}
	if v.binding != "" {
		want["cbind_data"] = base64.StdEncoding.EncodeToString([]byte(v.bindingData))
	}
	if !maps.Equal(got, want) {
		t.Errorf("AUTHENTICATE.Extra %v; want %v", got, want)
	}
}

// The keys between SaltedPassword and proof, which the vectors give for VS1 and the dialect.
func TestVectorsSCRAMKeys(t *testing.T) {
	for _, v := range []struct{ name, salted, stored, server string }{
		{"VS1", unhex(scramVectors[0].salted), unbase64("WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="), unbase64("wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=")},
		{"dialect", scramVectors[len(scramVectors)-1].salted, unhex("e796c2f0a51770303ee4616bc630a66774d51a55003154aff2a54ec7c4ac0e38"), unhex("8de7864c316f3c2356fd76cfdab696db55bc70e680fe5180e2f731e2345acca2")},
	} {
		stored := sha256.Sum256(mac([]byte(v.salted), "Client Key"))
		if string(stored[:]) != v.stored || string(mac([]byte(v.salted), "Server Key")) != v.server {
			t.Errorf("%s: keys differ", v.name)
		}
	}
}

// VS8 and VS9: the key derivations alone.
func TestVectorsKDF(t *testing.T) {
	d := scramDialects["wamp-scram"]
	for _, v := range []struct {
		name string
		q    scramChallenge
		want string
	}{
		{"VS8", scramChallenge{kdf: "argon2id13", iterations: 32, memory: 512}, "ee4a8acf9d5958354fb79a95ae20692d05e42591ba49fae85eb6700e8b0ed293"},
		{"VS9", scramChallenge{kdf: "pbkdf2", iterations: 8}, "f6991a28c75f43751e0d75499fd7b8649f659118ddc1d61cee5883af547d15f5"},
	} {
		v.q.saltOctets = []byte("1234567890abcdef")
		if key, err := d.derive("p4ssw0rd", v.q); err != nil || hex.EncodeToString(key) != v.want {
			t.Errorf("%s: %x, %v; want %s", v.name, key, err, v.want)
		}
	}
}

const cid = "62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff"

var cryptosignVectors = []struct{ name, seed, public, channelID, challenge, signature, message string }{
	{"VK1", "4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510", "1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d", "", strings.Repeat("ff", 32), "b32675b221f08593213737bef8240e7c15228b07028e19595294678c90d11c0cae80a357331bfc5cc9fb71081464e6e75013517c2cf067ad566a6b7b728e5d03", strings.Repeat("ff", 32)},
	{"VK2", "d511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd", "6ed32739ff04a6074044ff0b0e3bfc7c856bc9d5f1d25efc57363bda0af3a8b0", "", "b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d", "d4209ad10d5aff6bfbc009d7e924795de138a63515efc7afc6b01b7fe5201372190374886a70207b042294af5bd64ce725cd8dceb344e6d11c09d1aaaf4d660f", "b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d"},
	{"VK3", "6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b", "28e11f427b82b9a625ee7ac89a7d29326b505f2dc11dd88c1245f83b6da79a85", "", "b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2", "7beb282184baadd08f166f16dd683b39cab53816ed81e6955def951cb2ddad1ec184e206746fd82bda075af03711d3d5658fc84a76196b0fa8d1ebc92ef9f30b", "b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2"},
	{"VK4", "4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510", "1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d", cid, strings.Repeat("ff", 32), "9b6f41540c9b95b4b7b281c3042fa9c54cef43c842d62ea3fd6030fcb66e70b3e80d49d44c29d1635da9348d02ec93f3ed1ef227dfb59a07b580095c2b82f80f", "9d16ca518aa0c2b707f2b2a609edeca73bca8dd59817a633f35574ac6fd80d00"},
	{"VK5", "d511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd", "6ed32739ff04a6074044ff0b0e3bfc7c856bc9d5f1d25efc57363bda0af3a8b0", cid, "b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d", "305aaa3ac25e98f651427688b3fc43fe7d8a68a7ec1d7d61c61517c519bd4a427c3015599d83ca28b4c652333920223844ef0725eb5dc2febfd6af7677b73f01", "d0852a29b460fc92ec943242ac638a053bbacc200512b18b30d15083cbdc9282"},
	{"VK6", "6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b", "28e11f427b82b9a625ee7ac89a7d29326b505f2dc11dd88c1245f83b6da79a85", cid, "b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2", "ee3c7644fd8070532bc1fde3d70d742267da545d8c8f03e63bda63f1ad4214f4d2c4bfdb4eb9526def42deeb7e31602a6ff99eba893e0a4ad4d45892ca75e608", "d2b75e24a189a7f78ca776ba36fc53f6c3e31c32f251f2c524f0a44202f2902d"},
}

// R289, R290, R291.
func TestVectorsCryptosign(t *testing.T) {
	for _, v := range cryptosignVectors {
		t.Run(v.name, func(t *testing.T) {
			a := begin(t, Cryptosign("", NewSecret(v.seed)), Channel{}).(*cryptosignAttempt)
			if got := a.Offer().Extra["pubkey"]; got != v.public {
				t.Errorf("pubkey %v; want %s", got, v.public)
			}
			for _, challenge := range []string{v.challenge, strings.ToUpper(v.challenge)} {
				extra := map[string]any{"challenge": challenge}
				if v.channelID != "" {
					a.binding, a.channelID = TLSUnique, []byte(unhex(v.channelID))
					extra["channel_binding"] = "tls-unique"
				}
				r, err := a.Respond(context.Background(), Challenge{"cryptosign", extra})
				if err != nil || r.Signature != v.signature+v.message || len(r.Signature) != 192 || len(r.Extra) != 0 {
					t.Errorf("signature %s, %v; want %s", r.Signature, err, v.signature+v.message)
				}
			}
		})
	}
}

const (
	keyP     = "545efb0a2192db8d43f118e9bf9aee081466e1ef36c708b96ee6f62dddad9122"
	keyQ     = "4a3838f6fe75251e613329d53fc69b262d5eac97fb1d73bebbaed4015b53c862"
	example2 = "e973bee24dcea9e20625f949c0e3cd28d632ccbefe4907c2fac2728710f7b160"
	example3 = "bd5b9ef32d574c39617a2e3cbf0844859165acb9443b1d7b49a004b68b82281e"
)

// The message traces of the specification have public keys only: what the client signed verifies under its key.
func TestVectorsCryptosignTraces(t *testing.T) {
	for _, v := range []struct{ name, public, channelID, challenge, signature, message string }{
		{"flow", keyP, "", "fa034062ad76352b53a25358854577730db82f367aa439709c91296d04a5716c", "e2f0297a193b63b7a4a92028e9e2e6107f82730560d54a657bd982cb4b3151490399debbbde998e494d3c3b2a5e2e91271291e10dee85a6cfaa127885ddd8b0a", "fa034062ad76352b53a25358854577730db82f367aa439709c91296d04a5716c"},
		{"example 1", keyP, "", "0e9192bc08512c8198da159c1ae600ba91729215f35d56102ee318558e773537", "a3a178fe792ed772a8fc092f8341e455de96670c8901264a7c312dbf940d5743626fe9fbc29b23dcd2169b308eca309de85a89ccd296b24835de3d95b16b7703", "0e9192bc08512c8198da159c1ae600ba91729215f35d56102ee318558e773537"},
		{"example 2", keyP, example2, "358625312c6c3bf64ed51d17d210ce21af1639c774cabf5735a9651d7d91fc6a", "25114474580d6e99a6126b091b4565c23db567d686c5b8c3a94e3f2f09dc80300c5b40a124236733fa56396df721eb12ac092362379bd5b27b4db9e2beaa1408", "dcf59bd361a2921448f0e45e12f303097924f5798a83b895cf6b179a6d664d0a"},
		{"example 3", "12ae0184b180e9a9c5e45be4a1afbce3c6491320063701cd9c4011a777d04089", example3, "e4b40f72f9604754789d472225483bace926b9668d72c9122545e540d8d98f23", "16c89629e72aff3f44661e701341b2221a2fa9d93205826fad85e70d3a8dab70a8f54314c14d470ebeb77a0dd16c833928c01134a52b2e73862b7d3f258b6000", "59ef9181d4370b6d19e7691e9a407f29784315dfc949d4696ce5e1f6535ba73d"},
	} {
		var channelID []byte
		if v.channelID != "" {
			channelID = []byte(unhex(v.channelID))
		}
		message := bind([]byte(unhex(v.challenge)), channelID)
		if hex.EncodeToString(message) != v.message {
			t.Errorf("%s: message %x; want %s", v.name, message, v.message)
		}
		if !ed25519.Verify([]byte(unhex(v.public)), message, []byte(unhex(v.signature))) {
			t.Errorf("%s: the signature does not verify", v.name)
		}
	}
}

// routerVectors are the traces in which the router signs our challenge.
var routerVectors = []struct{ name, channelID, challenge, signature, message string }{
	{"example 1", "", "bbae60ea44cdd7b20dc7010a618b0f0803fab25a817520b4b7f057299b524deb", "fd5128d2d207ba58a9d1d6f41b72c747964ad9d1294077b3b1eee6130b05843ab12c53c7f2519f73d4feb82db19d8ca0fc26b62bde6518e79a882f5795bc9f00", "bbae60ea44cdd7b20dc7010a618b0f0803fab25a817520b4b7f057299b524deb"},
	{"example 2", example2, "4f861f12796c2972b7b0026522a687aa851d90355122a61d4f1fdce4d06b564f", "aa05f4cd7747d36b79443f1d4703a681e107edc085d876b508714e2a3a8135bacaae1c018452c4acb3ad2818aa97a6d23e5ac7e3734c7b1f40e6232a70938205", "a6f5a1f034a28090b195fb2ce2454a82532f5c8baf6ba1dfb5ddae63c09ce72f"},
	{"example 3", example3, "2763e7fdb1c34a74e8497daf6c913744d11161a94cec3b16aeec60a788612e17", "ce456092998d796533d7ef2bab543300409d161066c9520c9284df6bbfb82947b37fb78d69fd56e5118afec62e35e015c60569af2e18ed92fedc738552242d03", "9a38790e9c94064d89335393d39973c14074cd1008d7266de74c641103e30609"},
}

// R296, R297: the router's answer is judged before ours leaves.
func TestVectorsRouterSignature(t *testing.T) {
	for _, v := range routerVectors {
		t.Run(v.name, func(t *testing.T) {
			a := begin(t, Cryptosign("ann", NewSecret(cryptosignVectors[0].seed), RouterKey(keyQ)), Channel{}).(*cryptosignAttempt)
			a.challenge = []byte(unhex(v.challenge))
			router := map[string]any{"challenge": strings.Repeat("ab", 32), "pubkey": keyQ, "signature": v.signature + v.message}
			if v.channelID != "" {
				a.binding, a.channelID = TLSUnique, []byte(unhex(v.channelID))
				router["channel_binding"] = "tls-unique"
			}
			accept(t, a, router)
			accept(t, a, with(router, "signature", strings.ToUpper(v.signature+v.message)))
			accept(t, a, with(router, "pubkey", nil)) // the signature alone proves it
			for name, extra := range map[string]map[string]any{
				"signature bit":   with(router, "signature", flip(v.signature)+v.message),
				"message bit":     with(router, "signature", v.signature+flip(v.message)),
				"190 digits":      with(router, "signature", (v.signature + v.message)[:190]),
				"missing":         with(router, "signature", nil),
				"wrong type":      with(router, "signature", int64(1)),
				"another key":     with(router, "pubkey", keyP),
				"key bit":         with(router, "pubkey", flip(keyQ)),
				"62 digits":       with(router, "challenge", strings.Repeat("ab", 31)),
				"of someone else": with(router, "signature", cryptosignVectors[0].signature+cryptosignVectors[0].message),
			} {
				t.Run(name, func(t *testing.T) { reject(t, a, "cryptosign", extra) })
			}
			a.channelID = []byte(strings.Repeat("\x01", 32))
			reject(t, a, "cryptosign", router) // from another connection
		})
	}
}
