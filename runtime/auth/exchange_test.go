package auth

import (
	"context"
	"crypto/tls"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

var (
	local    = Channel{Local: true}
	password = NewSecret("pencil")
	chAExtra = map[string]any{"challenge": chA}
)

func exchange(t testing.TB, p Policy, methods ...Method) *Exchange {
	t.Helper()
	x, err := Begin(context.Background(), local, p, methods)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// R267, R272, R274, R278, R289: several methods in one HELLO, in any order, with the order of preference kept.
func TestOfferMerged(t *testing.T) {
	methods := map[string]Method{
		"ticket": Ticket("ann", password), "wampcra": CRA("ann", password), "scram": SCRAM("ann", password),
		"cryptosign": Cryptosign("ann", NewSecret(keySeed)), "anonymous": Anonymous(),
	}
	names := slices.Sorted(maps.Keys(methods))
	for range names {
		names = append(names[1:], names[0])
		var in []Method
		var want []string
		for _, n := range names {
			in = append(in, methods[n])
			if want = append(want, n); n == "scram" {
				want = append(want, "wamp-scram")
			}
		}
		o := exchange(t, Policy{}, in...).Offer()
		if !slices.Equal(o.Methods, want) || o.AuthID != "ann" {
			t.Errorf("offer %v as %q; want %v", o.Methods, o.AuthID, want)
		}
		binding, told := o.Extra["channel_binding"]
		if o.Extra["pubkey"] != keyPublic || len(o.Extra["nonce"].(string)) != 32 || !told || binding != nil || len(o.Extra) != 3 {
			t.Errorf("authextra %v", o.Extra)
		}
	}
}

// Whatever the order in HELLO, the router's pick is answered by the method that it names.
func TestDispatch(t *testing.T) {
	ctx := context.Background()
	for _, pick := range []string{"ticket", "wampcra", "cryptosign"} {
		x := exchange(t, Policy{}, SCRAM("ann", password), Cryptosign("ann", NewSecret(keySeed)), CRA("ann", password), Ticket("ann", password))
		extra := map[string]any{"challenge": chA}
		if pick == "cryptosign" {
			extra["challenge"] = strings.Repeat("0f", 32)
		}
		r, err := x.Respond(ctx, Challenge{pick, extra})
		if err != nil || len(r.Signature) != map[string]int{"ticket": 6, "wampcra": 44, "cryptosign": 192}[pick] {
			t.Errorf("%s: %d octets, %v", pick, len(r.Signature), err)
		}
		if err := x.Verify(pick, nil); err != nil {
			t.Errorf("%s: %v", pick, err)
		}
	}
}

// R301: anonymous is offered by name, or by offering nothing.
func TestAnonymous(t *testing.T) {
	x := exchange(t, Policy{}, Anonymous())
	if o := x.Offer(); !slices.Equal(o.Methods, []string{"anonymous"}) || o.AuthID != "" || o.Extra != nil {
		t.Errorf("offer %v", o)
	}
	for _, method := range []string{"anonymous", ""} {
		if err := exchange(t, Policy{}, Anonymous()).Verify(method, nil); err != nil {
			t.Error(err)
		}
	}
	_, err := x.Respond(context.Background(), Challenge{Method: "anonymous"})
	checkRefused(t, err)

	nobody := exchange(t, Policy{})
	if o := nobody.Offer(); o.Methods != nil || o.AuthID != "" || o.Extra != nil {
		t.Errorf("offer %v", o)
	}
	if err := nobody.Verify("anonymous", nil); err != nil {
		t.Error(err)
	}
	nobody = exchange(t, Policy{})
	_, err = nobody.Respond(context.Background(), Challenge{Method: "ticket"})
	checkRefused(t, err)
}

// S1: WELCOME without the CHALLENGE that was configured.
func TestS1_AuthSkipped(t *testing.T) {
	key := NewSecret(keySeed)
	for _, m := range []Method{
		Ticket("ann", password), CRA("ann", password), SCRAM("ann", password), Cryptosign("ann", key), Cryptosign("ann", key, RouterKey(keyQ)),
	} {
		name := m.(interface{ String() string }).String()
		for _, told := range []string{name, "", "anonymous", "tls", "unheard of"} {
			x := exchange(t, Policy{}, m)
			err := x.Verify(told, map[string]any{"verifier": "v=AAAA", "scram_server_signature": "AAAA"})
			checkRefused(t, err)
			if told == name && !strings.HasPrefix(err.Error(), "wamp: router did not authenticate") {
				t.Errorf("%s: %v", name, err)
			}
			if _, again := x.Respond(context.Background(), Challenge{name, chAExtra}); !errors.Is(again, err) {
				t.Errorf("%s: answered after the refusal: %v", name, again)
			}
		}
		fallback := Policy{AllowAnonymousFallback: true}
		for _, told := range []string{"", "anonymous"} {
			if err := exchange(t, fallback, m).Verify(told, nil); err != nil {
				t.Errorf("%s with the fallback: %v", name, err)
			}
		}
		checkRefused(t, exchange(t, fallback, m).Verify(name, nil)) // it says that it authenticated us, and did not
		if err := exchange(t, Policy{}, m, Anonymous()).Verify("anonymous", nil); err != nil {
			t.Error(err)
		}
	}
}

// Cookie and TLS client certificate come with the transport: WELCOME without CHALLENGE is right, for them alone.
func TestTransportMethods(t *testing.T) {
	overTLS := Channel{TLS: &tls.ConnectionState{}}
	for name, m := range map[string]Method{"tls": TLSCertificate(), "cookie": Cookie()} {
		for _, told := range []string{name, ""} {
			x, err := Begin(context.Background(), overTLS, Policy{}, []Method{m, Ticket("ann", password)})
			if err != nil {
				t.Fatal(err)
			}
			if err := x.Verify(told, nil); err != nil {
				t.Errorf("%s told as %q: %v", name, told, err)
			}
		}
		x, _ := Begin(context.Background(), overTLS, Policy{}, []Method{m, Ticket("ann", password)})
		checkRefused(t, x.Verify("ticket", nil))
	}
	_, err := TLSCertificate().Begin(context.Background(), Channel{Local: true})
	checkRefused(t, err)
}

// S2, R268: a CHALLENGE for what was not offered gets nothing, and nor does anything after it.
func TestS2_AuthDowngraded(t *testing.T) {
	offers := map[string]Method{
		"scram": SCRAM("ann", password), "wampcra": CRA("ann", password), "ticket": Ticket("ann", password),
		"cryptosign": Cryptosign("ann", NewSecret(keySeed)),
	}
	for offered, m := range offers {
		for _, picked := range []string{"ticket", "wampcra", "cryptosign", "anonymous", "tls", "TICKET", "", "unknown\n\x1b[31m", strings.Repeat("x", 1<<20)} {
			if picked == offered {
				continue
			}
			x := exchange(t, Policy{}, m)
			r, err := x.Respond(context.Background(), Challenge{picked, chAExtra})
			checkRefused(t, err)
			if r.Signature != "" {
				t.Errorf("%s offered, %q picked: an answer", offered, picked)
			}
			if _, err := x.Respond(context.Background(), Challenge{offered, chAExtra}); err == nil {
				t.Errorf("%s: answered after a refusal", offered)
			}
		}
	}
}

// R270: a second factor is answered, and each that answered has to agree with WELCOME.
func TestSecondChallenge(t *testing.T) {
	ctx := context.Background()
	x := exchange(t, Policy{}, CRA("ann", password), Ticket("ann", password))
	for _, method := range []string{"wampcra", "ticket"} {
		if r, err := x.Respond(ctx, Challenge{method, chAExtra}); err != nil || r.Signature == "" {
			t.Fatal(method, err)
		}
	}
	if err := x.Verify("wampcra", nil); err != nil {
		t.Error(err)
	}
	// A ticket behind SCRAM does not buy a router out of the verifier.
	v := scramVectors[0]
	x = exchange(t, Policy{}, SCRAM("user", password), Ticket("user", password))
	x.attempts["wamp-scram"] = v.attempt()
	for _, c := range []Challenge{v.challenge(), {Method: "ticket"}} {
		if _, err := x.Respond(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	checkRefused(t, x.Verify("ticket", nil))

	x = exchange(t, Policy{}, Ticket("ann", password))
	for i := range maxChallenges + 1 {
		_, err := x.Respond(ctx, Challenge{Method: "ticket"})
		if (err != nil) != (i == maxChallenges) {
			t.Errorf("challenge %d: %v", i, err)
		}
	}
}

// A WELCOME that names a method other than the one that logged us in is not our login.
func TestWelcomeNamesMethod(t *testing.T) {
	for told, ok := range map[string]bool{"wampcra": true, "": true, "ticket": false, "anonymous": false, "static": false} {
		x := exchange(t, Policy{}, CRA("ann", password), Ticket("ann", password))
		if _, err := x.Respond(context.Background(), Challenge{"wampcra", chAExtra}); err != nil {
			t.Fatal(err)
		}
		if err := x.Verify(told, nil); (err == nil) != ok {
			t.Errorf("told %q: %v", told, err)
		}
	}
}

// Crossbar denies a HELLO at the first name that it does not know.
func TestPolicyCrossbar(t *testing.T) {
	p := Policy{Crossbar: true}
	o := exchange(t, p, SCRAM("ann", password), CRA("ann", password), Anonymous()).Offer()
	if !slices.Equal(o.Methods, []string{"scram", "wampcra", "anonymous"}) || o.Extra["nonce"] == nil {
		t.Errorf("offer %v", o)
	}
	x := exchange(t, p, SCRAM("ann", password), CRA("ann", password))
	_, err := x.Respond(context.Background(), Challenge{"wamp-scram", nil})
	checkRefused(t, err)
	_, err = Begin(context.Background(), local, p, []Method{SCRAM("ann", password, SCRAMNames{"wamp-scram"})})
	checkRefused(t, err)
	o = exchange(t, p, SCRAM("ann", password, SCRAMNames{"wamp-scram"}), Ticket("ann", password)).Offer()
	if !slices.Equal(o.Methods, []string{"ticket"}) || o.Extra != nil {
		t.Errorf("offer %v", o)
	}
}

type custom struct {
	offer Offer
	_     []int // not comparable
}

func (c custom) Begin(context.Context, Channel) (Attempt, error) { return c, nil }
func (c custom) Offer() Offer                                    { return c.offer }
func (c custom) Respond(context.Context, Challenge) (Response, error) {
	return Response{Signature: "s"}, nil
}
func (c custom) Verify(map[string]any) error { return nil }
func broken() Method                         { return brokenMethod{} }

type brokenMethod struct{}

func (brokenMethod) Begin(context.Context, Channel) (Attempt, error) { return nil, nil }

// A method of a user's own takes part like the others.
func TestCustomMethod(t *testing.T) {
	x := exchange(t, Policy{}, custom{offer: Offer{Methods: []string{"mine"}, Extra: map[string]any{"a": []any{int64(1)}}}}, Ticket("ann", password))
	for range 2 {
		if r, err := x.Respond(context.Background(), Challenge{Method: "mine"}); err != nil || r.Signature != "s" || r.Extra == nil {
			t.Error(err)
		}
	}
	if err := x.Verify("mine", nil); err != nil {
		t.Error(err)
	}
}

func TestBeginRefuses(t *testing.T) {
	key := NewSecret(keySeed)
	for name, methods := range map[string][]Method{
		"two users":            {Ticket("ann", password), CRA("bob", password)},
		"one method twice":     {Ticket("ann", password), Ticket("ann", password)},
		"one name twice":       {SCRAM("ann", password), SCRAM("ann", password, SCRAMNames{"scram"})},
		"nil":                  {nil},
		"no attempt":           {broken()},
		"different extras":     {custom{offer: Offer{Methods: []string{"mine"}, Extra: map[string]any{"pubkey": "x"}}}, Cryptosign("ann", key)},
		"no user, ticket":      {Ticket("", password)},
		"no user, wampcra":     {CRA("", password)},
		"no user, scram":       {SCRAM("", password)},
		"no UTF-8 user":        {Cryptosign("\xff", key)},
		"no secret":            {Ticket("ann", nil)},
		"zero secret":          {CRA("ann", Secret{})},
		"empty secret":         {SCRAM("ann", NewSecret(""))},
		"no function":          {Ticket("ann", SecretFunc(nil))},
		"no UTF-8 secret":      {Ticket("ann", NewSecret("\xff\xfe"))},
		"bad key":              {Cryptosign("ann", NewSecret("swordfish"))},
		"bad router key":       {Cryptosign("ann", key, RouterKey("00"))},
		"bad router key hex":   {Cryptosign("ann", key, RouterKey(strings.Repeat("x", 64)))},
		"prohibited user":      {SCRAM("ann\u0007", password)},
		"scram name":           {SCRAM("ann", password, SCRAMNames{"scram-sha-1"})},
		"no scram name":        {SCRAM("ann", password, SCRAMNames{})},
		"dialect and binding":  {SCRAM("ann", password, SCRAMNames{"scram"}, TLSUnique)},
		"scram exporter":       {SCRAM("ann", password, TLSExporter)},
		"cryptosign end point": {Cryptosign("ann", key, TLSServerEndPoint)},
		"binding, no TLS":      {Cryptosign("ann", key, TLSUnique)},
		"scram, no TLS":        {SCRAM("ann", password, TLSServerEndPoint)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Begin(context.Background(), local, Policy{}, methods)
			checkRefused(t, err)
		})
	}
}

// S9, R273: a ticket does not travel in the clear to another host; the refusal comes before any byte.
func TestS9_PlaintextTicket(t *testing.T) {
	asked := false
	ticket := SecretFunc(func(context.Context) (Secret, error) { asked = true; return password, nil })
	_, err := Begin(context.Background(), Channel{}, Policy{}, []Method{Ticket("ann", ticket)})
	checkRefused(t, err)
	if err == nil || !strings.Contains(err.Error(), "wamp.WithPlaintextSecrets") || asked {
		t.Errorf("%v; the ticket was fetched: %v", err, asked)
	}
	for _, ch := range []Channel{{Local: true}, {TLS: &tls.ConnectionState{}}, {AllowPlaintextSecrets: true}} {
		begin(t, Ticket("ann", ticket), ch)
	}
	for _, m := range []Method{CRA("ann", password), SCRAM("ann", password), Cryptosign("ann", NewSecret(keySeed)), Anonymous()} {
		begin(t, m, Channel{}) // what they send is not the secret
	}
}

// S9: what Begin would refuse is known before there is a connection.
func TestS9_Check(t *testing.T) {
	asked := false
	ticket := SecretFunc(func(context.Context) (Secret, error) { asked = true; return password, nil })
	methods := []Method{CRA("ann", password), nil, Ticket("ann", ticket)}
	checkRefused(t, Check(Channel{}, methods))
	for _, ch := range []Channel{{Local: true}, {AllowPlaintextSecrets: true}} {
		if err := Check(ch, methods); err != nil {
			t.Error(err)
		}
	}
	if err := Check(Channel{}, methods[:2]); err != nil || asked {
		t.Errorf("%v; the ticket was fetched: %v", err, asked)
	}
}
