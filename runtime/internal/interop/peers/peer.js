// A foreign client in JavaScript that does what it is told: a command is one
// JSON line on the standard input, an answer or an event one on the output.
// peer_test.go has the commands.
// usage: node peer.js LIBRARY, with NODE_PATH set
console.log = console.error; // the output is for lines of ours
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');

// Values that JSON cannot hold have a mark. In JSON itself both libraries leave
// bytes to the application, as text that begins with U+0000.
const pack = (v, text) => {
  if (v instanceof Uint8Array) return { $bytes: Buffer.from(v).toString('base64') };
  if (typeof v === 'bigint') return { $int: v.toString() };
  if (typeof v === 'string' && v[0] === '\0') return { $bytes: v.slice(1) };
  if (Array.isArray(v)) return v.map(pack);
  if (v && typeof v === 'object') return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, pack(x)]));
  return v;
};
const unpack = (v, json) => {
  if (Array.isArray(v)) return v.map((x) => unpack(x, json));
  if (!v || typeof v !== 'object') return v;
  if ('$bytes' in v) return json ? '\0' + v.$bytes : Buffer.from(v.$bytes, 'base64');
  if ('$int' in v) return BigInt(v.$int);
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, unpack(x, json)]));
};

// Each library joins and returns a session, spelled alike: args and kwargs go in
// and {args, kwargs} come out.
const libraries = {
  autobahn: ({ url, realm, serializer }) => new Promise((resolve, reject) => {
    const a = require('autobahn');
    const make = { json: 'JSONSerializer', msgpack: 'MsgpackSerializer', cbor: 'CBORSerializer' }[serializer];
    const u = new URL(url);
    const transport = {
      'ws:': { type: 'websocket', url, serializers: [new a.serializer[make]()] },
      'tcp:': { type: 'rawsocket', host: u.hostname, port: u.port },
      'unix:': { type: 'rawsocket', path: u.pathname },
    }[u.protocol];
    const c = new a.Connection({ transports: [transport], realm, max_retries: 0 });
    c.onclose = (reason, details) => { reject({ error: reason, args: [details && details.message] }); return true; };
    const fault = (e) => ({ uri: e.error || String(e), args: e.args, kwargs: e.kwargs });
    // A call with several results or keywords gives a Result, any other its value.
    const result = (r) => (r instanceof a.Result ? { args: r.args, kwargs: r.kwargs } : { args: r === null ? [] : [r], kwargs: {} });
    c.onopen = (s) => resolve({
      call: (uri, args, kwargs, progressed) => {
        const p = s.call(uri, args, kwargs, progressed ? { receive_progress: true } : {});
        return { done: p.then(result, undefined, (r) => progressed(result(r))), cancel: () => p.cancel({ mode: 'kill' }) };
      },
      register: (uri, options, f) => s.register(uri, async (args, kwargs, d) => {
        const out = await f(args, kwargs, (a) => d.progress(a));
        return new a.Result(out.args, out.kwargs);
      }, options),
      refuse: (uri, args, kwargs) => new a.Error(uri, args, kwargs),
      subscribe: (uri, options, f) => s.subscribe(uri, (args, kwargs, d) => f(args, kwargs, d), options),
      publish: (uri, args, kwargs, options) => s.publish(uri, args, kwargs, { acknowledge: true, ...options }),
      leave: () => new Promise((done) => { c.onclose = () => { done(); return true; }; c.close(); }),
      fault,
    });
    c.open();
  }),

  wampy: async ({ url, realm, serializer }) => {
    const { Wampy } = require('wampy');
    const make = { json: 'JsonSerializer', msgpack: 'MsgpackSerializer', cbor: 'CborSerializer' }[serializer];
    const w = new Wampy(url, {
      realm, ws: require('websocket').w3cwebsocket, maxRetries: 0, reconnectInterval: 0,
      serializer: new (require(`wampy/${make}.js`)[make])(),
    });
    await w.connect();
    const result = (r) => ({ args: r.argsList || [], kwargs: r.argsDict || {} });
    const payload = (args, kwargs) => ({ argsList: args, argsDict: kwargs });
    return {
      call: (uri, args, kwargs, progressed) => {
        const options = progressed ? { progress_callback: (r) => progressed(result(r)) } : undefined;
        const done = w.call(uri, payload(args, kwargs), options).then(result);
        const id = w.getOpStatus().reqId;
        return { done, cancel: () => w.cancel(id, { mode: 'kill' }) };
      },
      register: (uri, options, f) => w.register(uri, async (m) => {
        const progress = (a) => m.result_handler({ argsList: a, argsDict: {}, options: { progress: true } });
        const out = await f(m.argsList || [], m.argsDict || {}, progress);
        return payload(out.args, out.kwargs);
      }, options),
      refuse: (uri, args, kwargs) => ({ error: uri, argsList: args, argsDict: kwargs }),
      // An option that is left out is sent as undefined, which CBOR has and routers refuse.
      subscribe: (uri, options, f) => w.subscribe(uri, (m) => f(m.argsList, m.argsDict, m.details), { match: 'exact', get_retained: false, ...options }),
      publish: (uri, args, kwargs, options) => w.publish(uri, payload(args, kwargs), options),
      leave: () => w.disconnect(),
      fault: (e) => ({ uri: e.errorUri || e.error || String(e), args: e.argsList, kwargs: e.argsDict }),
    };
  },
};

let session, json;
const calls = {};
const payload = (p) => ({ args: pack((p && p.args) || []), kwargs: pack((p && p.kwargs) || {}) });

// behaviours are what a procedure does with a call: m is how it was registered.
const behaviours = {
  echo: async (m, args, kwargs) => ({ args, kwargs }),
  answer: async (m) => ({ args: unpack(m.args, json), kwargs: unpack(m.kwargs, json) }),
  refuse: async (m) => { throw session.refuse(m.error, unpack(m.args, json), unpack(m.kwargs, json)); },
  walk: async (m, args, kwargs, progress) => {
    for (let k = 1; k <= args[0]; k++) progress([k, `km ${k}`]);
    return { args: [args[0]], kwargs: {} };
  },
  hang: () => { say({ hangs: true }); return new Promise(() => {}); },
};

const commands = {
  join: async (m) => { json = m.serializer === 'json'; session = await libraries[process.argv[2]](m); },
  call: async (m) => {
    const progressed = m.progress && ((r) => say({ progress: true, ...payload(r) }));
    const call = session.call(m.uri, unpack(m.args, json), unpack(m.kwargs, json), progressed);
    calls[m.n] = call.cancel;
    return call.done.then(payload).finally(() => delete calls[m.n]);
  },
  cancel: async (m) => { calls[m.of](); },
  register: (m) => session.register(m.uri, m.options || {}, (args, kwargs, progress) => behaviours[m.as](m, args, kwargs, progress)).then(() => {}),
  subscribe: (m) => session.subscribe(m.uri, m.options || {}, (args, kwargs, d) => say({
    event: m.uri, ...payload({ args, kwargs }), topic: (d && d.topic) || '', retained: !!(d && d.retained),
  })).then(() => {}),
  publish: (m) => session.publish(m.uri, unpack(m.args, json), unpack(m.kwargs, json), m.options || {}).then(() => {}),
  leave: () => session.leave().then(() => {}),
};

require('readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const m = JSON.parse(line);
  try {
    say({ n: m.n, ok: (await commands[m.do](m)) || null });
  } catch (e) {
    const f = session && e && session.fault ? session.fault(e) : { uri: (e && e.error) || String(e) };
    say({ n: m.n, error: { uri: f.uri, ...payload(f) } });
  }
}).on('close', () => process.exit(0));
