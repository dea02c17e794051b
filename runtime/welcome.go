package wamp

import "github.com/wampgen/wampgen/runtime/internal/core"

// AuthID returns the authid that the router gave the current session, "" if
// there is no session or the router does not say. The same holds for
// [Client.AuthRole], [Client.AuthMethod], [Client.AuthProvider] and
// [Client.RouterAgent] (specification "Session Establishment"). All of them may
// change with every reconnect.
func (c *Client) AuthID() string { return c.welcome("authid") }

// AuthRole returns the authrole of the current session, see [Client.AuthID].
func (c *Client) AuthRole() string { return c.welcome("authrole") }

// AuthMethod returns the authentication method by which the router let the
// current session in, such as "wampcra", see [Client.AuthID].
func (c *Client) AuthMethod() string { return c.welcome("authmethod") }

// AuthProvider returns the name of what authenticated the current session at the
// router, such as "static" or "dynamic", see [Client.AuthID].
func (c *Client) AuthProvider() string { return c.welcome("authprovider") }

// AuthExtra returns the authextra of WELCOME as dynamic values. It returns nil
// if there is none, or if there is no session. The map belongs to the caller.
func (c *Client) AuthExtra() map[string]any {
	s := c.live.Load()
	if s == nil {
		return nil
	}
	return dict(s.Welcome().Lookup("authextra"))
}

// RouterAgent returns what the router of the current session calls itself, such
// as "Crossbar.io/26.10.1", see [Client.AuthID].
func (c *Client) RouterAgent() string { return c.welcome("agent") }

// welcome returns a string of the details of WELCOME.
func (c *Client) welcome(key string) string {
	s := c.live.Load()
	if s == nil {
		return ""
	}
	m := core.Message{Details: s.Welcome()}
	return m.DetailText(key)
}
