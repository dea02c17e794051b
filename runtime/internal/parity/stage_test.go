// Package parity runs one script for each behaviour of a router on the in-memory
// router of wamptest and on nexus, or on Crossbar.io for some that nexus lacks.
// What both do is right beyond the reading of one of us; where nexus cannot do
// something, the table says so. The exercises run whole clients on all three
// routers, with the same reasons where one of them is left out.
package parity

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
	. "github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// behaviour is one line of the table.
type behaviour struct {
	name   string
	script func(s *stage)
	nexus  string // why nexus is left out; "" runs it there
	// crossbar runs it on Crossbar.io too, in one realm for all of them.
	crossbar bool
}

func table() []behaviour {
	return slices.Concat(brokerTable, dealerTable, cancelTable, streamTable, metaTable, sessionTable)
}

// stage is one run of a script on one router.
type stage struct {
	*testing.T
	realm   string
	dial    func(codec.Format) (*transport.Link, error)
	formats []codec.Format // of the next peers, in turn
}

// The users of every realm: authid, authrole, ticket.
var users = [][3]string{{"ann", "staff", "ann's"}, {"bob", "guest", "bob's"}}

var formats = []codec.Format{codec.CBOR, codec.JSON, codec.MessagePack}

// TestInMemory runs the table on the in-memory router, each line in a bubble and
// with every rotation of the serializers.
func TestInMemory(t *testing.T) {
	for _, b := range table() {
		for i := range formats {
			t.Run(b.name+"/"+formats[i].String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := NewRealm(t, WithRealmName("realm1"), WithTicketUser(users[0][0], users[0][1], users[0][2]),
						WithTicketUser(users[1][0], users[1][1], users[1][2]))
					b.script(&stage{T: t, realm: "realm1", formats: slices.Concat(formats[i:], formats[:i]),
						dial: func(f codec.Format) (*transport.Link, error) {
							return r.Dialer().Dial(t.Context(), "", transport.Options{Formats: []codec.Format{f}})
						}})
				})
			})
		}
	}
}

// TestNexus runs the table on nexus, in a process of its own and with a realm
// for each line.
func TestNexus(t *testing.T) {
	table := table()
	cfg := router.Config{History: []router.History{{Topic: "com.example.history"}}}
	for _, u := range users {
		cfg.Users = append(cfg.Users, router.User{ID: u[0], Role: u[1], Ticket: u[2]})
	}
	for i := range table {
		cfg.Realms = append(cfg.Realms, fmt.Sprintf("realm%d", i+1))
	}
	process := router.NewProcess(t, cfg)
	for i, b := range table {
		t.Run(b.name, func(t *testing.T) {
			if b.nexus != "" {
				t.Skip("nexus: " + b.nexus)
			}
			// nexus writes bytes that came over another serializer into JSON as text.
			binary := []codec.Format{codec.CBOR, codec.MessagePack}
			b.script(&stage{T: t, realm: cfg.Realms[i], formats: binary,
				dial: func(f codec.Format) (*transport.Link, error) {
					return transport.Net{}.Dial(t.Context(), process.RawSocketURL(), transport.Options{Formats: []codec.Format{f}})
				}})
		})
	}
}

// peer is one client, who speaks in bare messages.
type peer struct {
	*stage
	link *transport.Link
	id   int64 // of the session
	last int   // request id
}

// patience is how long a message may take on a real router.
const patience = 2 * time.Minute

// connect opens a connection and says nothing.
func (s *stage) connect() *peer {
	s.Helper()
	f := s.formats[0]
	s.formats = append(slices.Clone(s.formats[1:]), f)
	link, err := s.dial(f)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = link.Close() })
	return &peer{stage: s, link: link}
}

var features = map[string]any{
	"publisher":  all("payload_passthru_mode", "publisher_identification"),
	"subscriber": all("payload_passthru_mode", "publisher_identification", "subscription_revocation"),
	"caller": all("payload_passthru_mode", "progressive_call_results", "progressive_call_invocations", "call_canceling",
		"caller_identification"),
	"callee": all("payload_passthru_mode", "progressive_call_results", "progressive_call_invocations", "call_canceling",
		"caller_identification", "call_timeout", "registration_revocation", "shared_registration"),
}

func all(names ...string) map[string]any {
	set := map[string]any{}
	for _, name := range names {
		set[name] = true
	}
	return map[string]any{"features": set}
}

// join opens a session with every feature announced.
func (s *stage) join() *peer {
	s.Helper()
	return s.joinWith(dict{"roles": features})
}

// joinPlain opens a session that announces roles and no feature.
func (s *stage) joinPlain() *peer {
	s.Helper()
	return s.joinWith(dict{"roles": dict{"publisher": dict{}, "subscriber": dict{}, "caller": dict{}, "callee": dict{}}})
}

func (s *stage) joinWith(details dict) *peer {
	s.Helper()
	p := s.connect()
	p.send(Hello, s.realm, details)
	p.want(Welcome, &p.id, anything)
	return p
}

// login opens a session of one of the users.
func (s *stage) login(user int) *peer {
	s.Helper()
	p := s.connect()
	p.send(Hello, s.realm, dict{"roles": features, "authmethods": list{"ticket"}, "authid": users[user][0]})
	p.want(Challenge, "ticket", anything)
	p.send(Authenticate, users[user][2], dict{})
	p.want(Welcome, &p.id, dict{"authid": users[user][0], "authrole": users[user][1]})
	return p
}

// send sends a message.
func (p *peer) send(m ...any) {
	p.Helper()
	frame, err := Message(m).Encode(p.link.Format)
	if err == nil {
		err = p.link.WriteFrame(frame, nil)
	}
	if err == nil {
		err = p.link.Flush()
	}
	if err != nil {
		p.Fatalf("send %v: %v", m, err)
	}
}

// request sends a request with the next id, which it returns.
func (p *peer) request(kind int, rest ...any) int {
	p.Helper()
	p.last++
	p.send(append([]any{kind, p.last}, rest...)...)
	return p.last
}

// next returns the next message.
func (p *peer) next() ([]any, error) {
	late := time.AfterFunc(patience, func() { _ = p.link.Close() })
	defer late.Stop()
	frame, err := p.link.ReadFrame()
	if err != nil {
		return nil, err
	}
	v, err := codec.Raw{Format: p.link.Format, Data: frame}.Any()
	m, _ := v.([]any)
	return m, err
}

// want checks the next message. In it anything fits anything, a dict fits one
// with more keys, absent is a key that is not there, a *int64 takes what it
// finds, and what follows the error URI of an ERROR does not count unless given.
func (p *peer) want(want ...any) {
	p.Helper()
	got, err := p.next()
	if err != nil {
		p.Fatalf("want %v: %v", want, err)
	}
	if len(want) == 5 && want[0] == Error && len(got) > 5 {
		got = got[:5]
	}
	if !fits(want, got) {
		p.Fatalf("%s\nwant %v\ngot  %v", p.link.Format, want, got)
	}
}

// wantEnd checks that the router closes the connection.
func (p *peer) wantEnd() {
	p.Helper()
	if m, err := p.next(); err == nil {
		p.Fatalf("want the end of the connection, got %v", m)
	}
}

// quietBroker checks that the broker has sent nothing until now.
func (p *peer) quietBroker() {
	p.Helper()
	id := p.request(Unsubscribe, int64(1)<<40)
	p.want(Error, Unsubscribe, id, anything, "wamp.error.no_such_subscription")
}

// quietDealer checks that the dealer has sent nothing until now.
func (p *peer) quietDealer() {
	p.Helper()
	id := p.request(Unregister, int64(1)<<40)
	p.want(Error, Unregister, id, anything, "wamp.error.no_such_registration")
}

type (
	dict = map[string]any
	list = []any
)

type wildcard string

const (
	anything wildcard = "anything"
	absent   wildcard = "absent"
)

// fits compares a received value with a wanted one.
func fits(want, got any) bool {
	switch want := want.(type) {
	case wildcard:
		return want == anything
	case *int64:
		v, ok := got.(int64)
		*want = v
		return ok
	case int:
		return got == int64(want)
	case dict:
		found, ok := got.(dict)
		for key, v := range want {
			value, there := found[key]
			ok = ok && (there && v != absent && fits(v, value) || !there && v == absent)
		}
		return ok
	case list:
		found, ok := got.(list)
		if !ok || len(found) != len(want) {
			return false
		}
		for i := range want {
			if !fits(want[i], found[i]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(want, got)
}

// subscribe returns the id of a subscription.
func (p *peer) subscribe(topic string, options dict) (id int64) {
	p.Helper()
	request := p.request(Subscribe, options, topic)
	p.want(Subscribed, request, &id)
	return id
}

// publish publishes with an acknowledgement, after which the broker is done.
func (p *peer) publish(topic string, options dict, payload ...any) (id int64) {
	p.Helper()
	all := dict{"acknowledge": true}
	maps.Copy(all, options)
	request := p.request(Publish, append(list{all, topic}, payload...)...)
	p.want(Published, request, &id)
	return id
}

// register returns the id of a registration.
func (p *peer) register(procedure string, options dict) (id int64) {
	p.Helper()
	request := p.request(Register, options, procedure)
	p.want(Registered, request, &id)
	return id
}

// call returns the request id of a call.
func (p *peer) call(procedure string, options dict, payload ...any) int {
	p.Helper()
	return p.request(Call, append(list{options, procedure}, payload...)...)
}

// invoked takes an invocation of a registration and returns its id.
func (p *peer) invoked(registration int64, details any, payload ...any) (id int64) {
	p.Helper()
	p.want(append(list{Invocation, &id, registration, details}, payload...)...)
	return id
}

// meta calls a procedure of the meta API and checks the arguments of the result.
func (p *peer) meta(procedure string, args list, want ...any) {
	p.Helper()
	id := p.call(procedure, dict{}, args)
	if len(want) == 0 {
		p.want(Result, id, dict{})
		return
	}
	p.want(Result, id, dict{}, want)
}

// metaError calls a procedure of the meta API that fails.
func (p *peer) metaError(procedure string, args list, uri string) {
	p.Helper()
	id := p.call(procedure, dict{}, args)
	p.want(Error, Call, id, anything, uri)
}

// drop ends a session with GOODBYE.
func (p *peer) drop() {
	p.Helper()
	p.send(Goodbye, dict{}, "wamp.close.normal")
	p.want(Goodbye, anything, anything) // Crossbar.io has a reason of its own
	_ = p.link.Close()
}
