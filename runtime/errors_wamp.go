package wamp

// Errors that routers and callees answer with, to be used with errors.Is and
// returned by handlers (specification "Basic Profile URIs", "Advanced Profile
// URIs"). They are not to be changed.
var (
	// ErrInvalidURI: a URI is none, or is reserved for WAMP itself. The client says
	// so too, before anything is sent.
	ErrInvalidURI = &Error{URI: "wamp.error.invalid_uri"}
	// ErrNoSuchProcedure: nobody has registered the procedure.
	ErrNoSuchProcedure = &Error{URI: "wamp.error.no_such_procedure"}
	// ErrProcedureAlreadyExists: somebody else has registered it, or with another
	// InvokePolicy.
	ErrProcedureAlreadyExists = &Error{URI: "wamp.error.procedure_already_exists"}
	// ErrNoSuchRegistration: the router does not know the registration.
	ErrNoSuchRegistration = &Error{URI: "wamp.error.no_such_registration"}
	// ErrNoSuchSubscription: the router does not know the subscription.
	ErrNoSuchSubscription = &Error{URI: "wamp.error.no_such_subscription"}
	// ErrNoSuchRealm: the router has no such realm.
	ErrNoSuchRealm = &Error{URI: "wamp.error.no_such_realm"}
	// ErrInvalidArgument: the callee could not read the arguments; its text names
	// the place, what was wanted and what was found.
	ErrInvalidArgument = &Error{URI: "wamp.error.invalid_argument"}
	// ErrCanceled: the call was cancelled, or its callee left.
	ErrCanceled = &Error{URI: "wamp.error.canceled"}
	// ErrTimeout: dealer or callee ended the call at its timeout.
	ErrTimeout = &Error{URI: "wamp.error.timeout"}
	// ErrUnavailable: the callee takes no more calls for now, see Limits.
	ErrUnavailable = &Error{URI: "wamp.error.unavailable"}
	// ErrNoAvailableCallee: none of several callees took the call.
	ErrNoAvailableCallee = &Error{URI: "wamp.error.no_available_callee"}
	// ErrFeatureNotSupported: the other side lacks an advanced feature.
	ErrFeatureNotSupported = &Error{URI: "wamp.error.feature_not_supported"}
	// ErrPayloadSizeExceeded: the result does not fit into a message.
	ErrPayloadSizeExceeded = &Error{URI: "wamp.error.payload_size_exceeded"}
	// ErrNetworkFailure: the router lost its way to the callee; an idempotent call
	// is sent again.
	ErrNetworkFailure = &Error{URI: "wamp.error.network_failure"}
	// ErrNotAuthorized: the session may not do this.
	ErrNotAuthorized = &Error{URI: "wamp.error.not_authorized"}
	// ErrAuthorizationFailed: the router could not find out whether it may; some
	// routers mean ErrNotAuthorized.
	ErrAuthorizationFailed = &Error{URI: "wamp.error.authorization_failed"}
	// ErrAuthenticationFailed: the router refused the login, see WithAuth.
	ErrAuthenticationFailed = &Error{URI: "wamp.error.authentication_failed"}
	// ErrDisclosureRefused: the router does not allow DiscloseMe.
	ErrDisclosureRefused = &Error{URI: "wamp.error.option_disallowed.disclose_me"}
	// ErrRuntime: a handler failed or panicked; see WithErrorText.
	ErrRuntime = &Error{URI: "wamp.error.runtime_error"}
	// ErrProtocolViolation: one side broke the protocol, which ended the session.
	ErrProtocolViolation = &Error{URI: "wamp.error.protocol_violation"}
)

// invalidURI is a URI that was refused before anything was sent. It is an
// ErrInvalidURI as a router's refusal is, but IsPeer says no.
type invalidURI struct{ error }

// SafeToRetry says yes.
func (invalidURI) SafeToRetry() bool { return true }

// Is tells that target is ErrInvalidURI.
func (invalidURI) Is(target error) bool { return target == ErrInvalidURI }

// Unwrap returns the error itself.
func (e invalidURI) Unwrap() error { return e.error }
