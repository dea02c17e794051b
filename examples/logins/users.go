package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/pem"

	"golang.org/x/crypto/ssh"

	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// secrets are what the users of this example log in with, made anew at each run.
// In a program of yours they come from the environment, a file or a vault.
type secrets struct {
	ticket, password, passphrase string
	key                          ed25519.PrivateKey
	keyFile                      []byte // the same key as ssh-keygen writes it, encrypted
}

func newSecrets() (s secrets, err error) {
	s.ticket, s.password, s.passphrase = rand.Text(), rand.Text(), rand.Text()
	if _, s.key, err = ed25519.GenerateKey(rand.Reader); err != nil {
		return s, err
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(s.key, "bob", []byte(s.passphrase))
	if err != nil {
		return s, err
	}
	s.keyFile = pem.EncodeToMemory(block)
	return s, nil
}

// users are what the router knows. A user may log in in more than one way.
func (s secrets) users() []router.User {
	return []router.User{
		{ID: "ann", Ticket: s.ticket, Secret: s.password, SCRAM: &router.SCRAM{Password: s.password}},
		{ID: "bob", PublicKey: s.key.Public().(ed25519.PublicKey)},
		{ID: "sally", Secret: s.password, Salt: "sea salt"},
	}
}

// way is one way to log in.
type way struct {
	name    string
	methods []auth.Method
}

// ways are all of them.
func (s secrets) ways() ([]way, error) {
	ticket, password := auth.NewSecret(s.ticket), auth.NewSecret(s.password)
	seed := auth.NewSecret(hex.EncodeToString(s.key.Seed()))
	fromFile, err := auth.ParseKey(s.keyFile, auth.NewSecret(s.passphrase))
	if err != nil {
		return nil, err
	}
	return []way{
		{"nothing at all", nil},
		{"a ticket, which the router sees", []auth.Method{auth.Ticket("ann", ticket)}},
		{"a password that signs", []auth.Method{auth.CRA("ann", password)}},
		{"a password, stored salted", []auth.Method{auth.CRA("sally", password)}},
		{"SCRAM, as specified", []auth.Method{auth.SCRAM("ann", password, auth.SCRAMNames{"wamp-scram"})}},
		{"SCRAM, as Crossbar.io has it", []auth.Method{auth.SCRAM("ann", password, auth.SCRAMNames{"scram"})}},
		{"a private key", []auth.Method{auth.Cryptosign("bob", seed)}},
		{"a key in an OpenSSH file", []auth.Method{auth.Cryptosign("bob", fromFile)}},
		{"the first that the router has", []auth.Method{auth.SCRAM("ann", password), auth.CRA("ann", password), auth.Ticket("ann", ticket)}},
	}, nil
}
