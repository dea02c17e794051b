package wamp

// Errors that routers and callees answer with, for [errors.Is] and for handlers
// to return (specification "Basic Profile URIs", "Advanced Profile URIs"). Do
// not change them.
var (
	// ErrInvalidURI means that a URI is malformed or reserved. The client itself
	// returns it too, before it sends anything.
	ErrInvalidURI = &Error{URI: "wamp.error.invalid_uri"}
	// ErrNoSuchProcedure means that no callee has registered the procedure. A call
	// may wait for one, see [WithGrace].
	ErrNoSuchProcedure = &Error{URI: "wamp.error.no_such_procedure"}
	// ErrProcedureAlreadyExists means that another callee has registered the
	// procedure, or that its [InvokePolicy] is another one.
	ErrProcedureAlreadyExists = &Error{URI: "wamp.error.procedure_already_exists"}
	// ErrNoSuchRegistration means that the router does not know the registration.
	ErrNoSuchRegistration = &Error{URI: "wamp.error.no_such_registration"}
	// ErrNoSuchSubscription means that the router does not know the subscription.
	ErrNoSuchSubscription = &Error{URI: "wamp.error.no_such_subscription"}
	// ErrNoSuchSession means that the router has no session with an id, or that a
	// session asked it to end itself (specification "Session Meta API").
	ErrNoSuchSession = &Error{URI: "wamp.error.no_such_session"}
	// ErrNoSuchRealm means that the router does not have the realm.
	ErrNoSuchRealm = &Error{URI: "wamp.error.no_such_realm"}
	// ErrInvalidArgument means that the arguments do not fit the procedure. A
	// callee made with this package says in the first argument of the error where,
	// what it expected and what it found.
	ErrInvalidArgument = &Error{URI: "wamp.error.invalid_argument"}
	// ErrCanceled means that the call was canceled, or that its callee left.
	ErrCanceled = &Error{URI: "wamp.error.canceled"}
	// ErrTimeout means that the dealer or the callee ended the call at its
	// timeout.
	ErrTimeout = &Error{URI: "wamp.error.timeout"}
	// ErrUnavailable means that the callee accepts no more calls for now, see
	// [Limits.Workers]. With retry_after_ms among its keyword arguments it means
	// that nothing has run and when to call again, see [WithGrace].
	ErrUnavailable = &Error{URI: "wamp.error.unavailable"}
	// ErrNoAvailableCallee means that none of several callees accepted the call.
	ErrNoAvailableCallee = &Error{URI: "wamp.error.no_available_callee"}
	// ErrFeatureNotSupported means that the peer lacks an advanced feature.
	ErrFeatureNotSupported = &Error{URI: "wamp.error.feature_not_supported"}
	// ErrPayloadSizeExceeded means that the result does not fit into one message.
	ErrPayloadSizeExceeded = &Error{URI: "wamp.error.payload_size_exceeded"}
	// ErrNetworkFailure means that the router lost its connection to the callee.
	// An idempotent call is sent again.
	ErrNetworkFailure = &Error{URI: "wamp.error.network_failure"}
	// ErrNotAuthorized means that the session may not perform the operation.
	ErrNotAuthorized = &Error{URI: "wamp.error.not_authorized"}
	// ErrAuthorizationFailed means that the router could not decide whether the
	// session may perform the operation. Some routers use it for
	// [ErrNotAuthorized].
	ErrAuthorizationFailed = &Error{URI: "wamp.error.authorization_failed"}
	// ErrAuthenticationFailed means that the router refused the login, see
	// [WithAuth].
	ErrAuthenticationFailed = &Error{URI: "wamp.error.authentication_failed"}
	// ErrDisclosureRefused means that the router does not allow [WithDiscloseMe].
	ErrDisclosureRefused = &Error{URI: "wamp.error.option_disallowed.disclose_me"}
	// ErrRuntime means that a handler failed or panicked, see [WithErrorText].
	ErrRuntime = &Error{URI: "wamp.error.runtime_error"}
	// ErrProtocolViolation means that one side broke the protocol, which ended the
	// session.
	ErrProtocolViolation = &Error{URI: "wamp.error.protocol_violation"}
)

// invalidURI is a URI that was refused before anything was sent. It is an
// ErrInvalidURI as a router's refusal is, but IsPeer says no.
type invalidURI struct{ error }

// SafeToRetry says yes.
func (invalidURI) SafeToRetry() bool { return true }

// Is reports whether target is [ErrInvalidURI].
func (invalidURI) Is(target error) bool { return target == ErrInvalidURI }

// Unwrap returns the error itself.
func (e invalidURI) Unwrap() error { return e.error }
