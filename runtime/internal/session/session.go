// Package session is one connection of a client to a router, from the dial to
// the last byte. A session dies once and knows nothing of retry. It is the only
// holder of its lock and of the protocol state behind it: the rest of the
// client asks for operations and is called back through the handles that it
// installs.
package session

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/transport"
)

// Registration is the handle that REGISTERED installs.
type Registration interface {
	// Invoke makes the invocation of an INVOCATION; last reports that no further
	// parts follow. It runs under the session's lock, so it must not block nor call
	// the session.
	Invoke(s *Session, m *core.Message, last bool) Invocation
	// Revoked says that the router has taken the registration away, and why, "" if
	// it does not say.
	Revoked(reason string)
}

// Invocation is the handle of an invocation that has begun.
type Invocation interface {
	// Start queues the invocation, whose frame has size bytes, for its handler.
	// The reader calls it, so it must not block.
	Start(size int)
	// Continue takes a further part, of a frame of size bytes, and the last one if
	// last is set. The reader calls it, so it must not block. The invocation may
	// have ended meanwhile.
	Continue(m *core.Message, size int, last bool)
	// Interrupt says that the caller or the router cancelled the invocation, and
	// why, "" if it does not say.
	Interrupt(reason string)
	// Lose says that the session has ended.
	Lose()
}

// Subscription is the handle that SUBSCRIBED installs.
type Subscription interface {
	// Deliver takes an event of a frame of size bytes that came on s. The reader
	// calls it, so it must not block.
	Deliver(s *Session, m *core.Message, size int)
	// Revoked says that the router has taken the subscription away, as that of a
	// [Registration].
	Revoked(reason string)
}

// Sink is the end of a streaming call that is in this client.
type Sink interface {
	// Streams returns which directions the call has.
	Streams() core.Streams
	// Begin says that the CALL was queued on s, under an id. [Session.Part] may come
	// now.
	Begin(s *Session, id uint64)
	// Progress takes one progressive result, of a frame of size bytes. It runs
	// under the session's lock, so it must not block nor call the session. m is the
	// reader's: only the parts of its frame may be kept.
	Progress(m *core.Message, size int)
}

// Limits bound what a session holds. Each must be positive.
type Limits struct {
	// QueueFrames and QueueBytes bound what waits to be written.
	QueueFrames, QueueBytes int
	// Pending bounds the requests that wait for a reply.
	Pending int
}

// Config is what the sessions of one client have in common.
type Config struct {
	Dialer transport.Dialer
	Link   transport.Options
	// SendLimit is the largest message that may be sent, in bytes; what the router
	// takes may be less.
	SendLimit int
	// Overrides change what the router announces.
	Overrides core.Overrides
	// Strict makes the session end on what it otherwise ignores, see
	// [core.Session.Strict].
	Strict bool
	Login  Login
	Limits Limits
	Pool   *Pool
	// Ending is called before the session ends, so that no operation begins on it
	// any more. It may be called more than once.
	Ending func(*Session)
	// PeerError makes the error of an ABORT or GOODBYE, with the text of the
	// router's message.
	PeerError func(m *core.Message, text string) error
	// Traffic counts what is read and written.
	Traffic *Traffic
	// Patience ends when nobody waits for the farewell of a session any more.
	Patience context.Context
}

// Login is how a session asks to be let in.
type Login struct {
	Realm   string    // "" if the router is to assign one
	Extra   core.Dict // entries of authextra beside those of the methods
	Methods []auth.Method
	Policy  auth.Policy
	// Plaintext permits methods that send their secret itself over plain text.
	Plaintext bool
	// Exposed is called before a login goes to another host in plain text.
	Exposed func(url string, methods []string)
}

// LoginState is how far the login of a session got.
type LoginState struct {
	// Offered reports whether a method was offered that proves who the client is.
	Offered bool
	// Answered reports whether AUTHENTICATE was sent.
	Answered bool
}

// Traffic counts messages, and their bytes without the framing of the transport.
type Traffic struct {
	MessagesOut, MessagesIn, BytesOut, BytesIn atomic.Uint64
}

// Session is one connection to one router. Its reader and writer are the only
// goroutines that touch the link. It is safe for concurrent use.
type Session struct {
	cfg  *Config
	link *transport.Link

	// steps carries what the router says before the session is established.
	steps chan step
	// wake wakes the writer if something waits; it holds one token.
	wake chan struct{}
	// life ends with the session; err is set before.
	life context.Context
	die  context.CancelFunc
	// loops joins reader and writer.
	loops sync.WaitGroup

	born time.Time // when the connection was open

	// oversize is the reader's until it has ended: whom the message was for that
	// was too large, nil if nobody can say.
	oversize *core.Addressee

	// login, id, realm, welcome and features are set by Join and never after.
	login    LoginState
	id       uint64
	realm    string
	welcome  codec.Raw // its details
	features *core.Features

	mu        sync.Mutex // protects the following
	core      *core.Session
	room      chan struct{} // closed when the writer takes the queue; nil when nobody waits
	err       error
	parting   error // why Goodbye was called
	closeCode int   // of the WebSocket close frame; 0: close without a word
}

// step is one message of the handshake, copied out of the reader's message.
type step struct {
	kind    core.EffectKind
	session uint64
	method  string
	details codec.Raw
}

// ID returns the id that the router gave the session.
func (s *Session) ID() uint64 { return s.id }

// Realm returns the realm that WELCOME names, "" if it names none.
func (s *Session) Realm() string { return s.realm }

// Welcome returns the details of WELCOME.
func (s *Session) Welcome() codec.Raw { return s.welcome }

// URL returns where the link leads, without credentials.
func (s *Session) URL() string { return s.link.URL }

// Born returns when the connection was open.
func (s *Session) Born() time.Time { return s.born }

// LoginState returns how far the login got. It must not be called before Join
// has returned.
func (s *Session) LoginState() LoginState { return s.login }

// Features returns what the router announced. It must not be called before
// Join has returned.
func (s *Session) Features() *core.Features { return s.features }

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.life.Done() }

// Life returns a ctx that ends with the session.
func (s *Session) Life() context.Context { return s.life }

// Cause returns why the session has ended, nil while it has not.
func (s *Session) Cause() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Oversize returns whom the message was for that was too large and ended the
// session; nil if it ended otherwise, or if nobody can say. It must not be
// called before [Session.Wait] has returned.
func (s *Session) Oversize() *core.Addressee { return s.oversize }

// signal wakes the writer. It never blocks.
func (s *Session) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// enqueue waits for room in the queue under ctx and runs f, which queues one
// message. With an error nothing was queued.
func (s *Session) enqueue(ctx context.Context, f func(*core.Session) error) error {
	if err := s.lockRoom(ctx); err != nil {
		return err
	}
	return s.unlock(f(s.core))
}

// lockRoom waits until the queue has room for one more message and returns
// with mu held.
func (s *Session) lockRoom(ctx context.Context) error {
	for {
		s.mu.Lock()
		if s.err != nil {
			s.mu.Unlock()
			return ErrGone
		}
		if s.roomy() {
			return nil
		}
		room := s.nextRoom()
		s.mu.Unlock()
		select {
		case <-room:
		case <-s.life.Done():
			return ErrGone
		case <-ctx.Done():
			return Unsent(ctx.Err())
		}
	}
}

// roomy reports whether one more message has room in the queue; mu is held.
func (s *Session) roomy() bool {
	q := s.core.Queue()
	return len(q.Frames) < s.cfg.Limits.QueueFrames && q.Bytes < s.cfg.Limits.QueueBytes
}

// nextRoom is closed when the writer takes the queue; mu is held.
func (s *Session) nextRoom() <-chan struct{} {
	if s.room == nil {
		s.room = make(chan struct{})
	}
	return s.room
}

// unlock ends what lockRoom began: it unlocks, wakes the writer, and translates
// a refusal of the core.
func (s *Session) unlock(err error) error {
	s.mu.Unlock()
	if err == nil {
		s.signal()
		return nil
	}
	return refusal(err)
}

// Depths returns how many requests wait for a reply, and how many messages and
// bytes wait to be written.
func (s *Session) Depths() (pending, messages, bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.core.Queue()
	return s.core.Pending(), len(q.Frames), q.Bytes
}

// Unwritten waits until the writer has taken all that is queued, or for ctx;
// then it returns how many messages wait.
func (s *Session) Unwritten(ctx context.Context) int {
	s.mu.Lock()
	n, room := len(s.core.Queue().Frames), s.nextRoom()
	s.mu.Unlock()
	if n == 0 {
		return 0
	}
	select {
	case <-room:
	case <-s.life.Done():
	case <-ctx.Done():
		return n
	}
	return 0
}
