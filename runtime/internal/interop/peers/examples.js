// The procedures and topics of autobahn-js's examples, as a callee and publisher, or
// calls of them.
// usage: node examples.js callee|caller URL, with NODE_PATH set
const autobahn = require('autobahn');

// Routers have their own order of keys.
const sorted = (v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.keys(v).sort().map((k) => [k, sorted(v[k])])) : v);
const say = (...parts) => process.stdout.write(parts.map((p) => JSON.stringify(sorted(p))).join(' ') + '\n');
const Result = autobahn.Result;

const procedures = {
  'com.timeservice.now': () => new Date().toISOString(),
  'com.arguments.ping': () => {},
  'com.arguments.add2': (args) => args[0] + args[1],
  'com.arguments.stars': (args, { nick = 'somebody', stars = 0 } = {}) => `${nick} starred ${stars}x`,
  'com.arguments.orders': (args, { limit = 5 } = {}) => [...Array(50).keys()].slice(0, limit),
  'com.arguments.arglen': (args = [], kwargs = {}) => [args.length, Object.keys(kwargs).length],
  'com.math.square': (args) => args[0] * args[0],
  'com.math.slowsquare': (args) => new Promise((done) => { setTimeout(() => done(args[0] * args[0]), (args[1] || 0) * 1000); }),
  'com.mathservice.add2': (args) => args[0] + args[1],
  'com.mathservice.div2': (args) => (args[1] ? args[0] / args[1] : 0),
  'com.myapp.add_complex': ([a, ai, b, bi]) => new Result([], { c: a + b, ci: ai + bi }),
  'com.myapp.split_name': (args) => new Result(args[0].split(' ')),
  'com.myapp.echo_complex': (args, kwargs) => new Result(args, kwargs),
  'com.myapp.sqrt': (args) => {
    if (args[0] === 0) throw "don't ask";
    if (args[0] < 0) throw new autobahn.Error('com.myapp.error', ['negative'], { a: 23, b: 9 });
    return Math.sqrt(args[0]).toFixed(6);
  },
  'com.myapp.checkname': ([name]) => {
    if (name === 'foo' || name === 'bar') throw new autobahn.Error('com.myapp.error.reserved');
    if (name.toLowerCase() !== name.toUpperCase()) throw new autobahn.Error('com.myapp.error.mixed_case', [name.toLowerCase(), name.toUpperCase()]);
    if (name.length < 3 || name.length > 10) throw new autobahn.Error('com.myapp.error.invalid_length', [], { min: 3, max: 10 });
  },
  'com.myapp.compare': ([a, b]) => { if (a < b) throw new autobahn.Error('com.myapp.error1', [b - a]); },
  'com.myapp.longop': (args, kwargs, details) => {
    for (let i = 0; details.progress && i < args[0]; i += 1) details.progress([i]);
    return args[0];
  },
};

const roles = {
  callee: async (session) => {
    procedures['com.myapp.square'] = ([val]) => {
      if (val <= 0) session.publish('com.myapp.square_on_nonpositive', [val]);
      return val * val;
    };
    await Promise.all(Object.entries(procedures).map(([uri, f]) => session.register(uri, f)));
    let counter = 0;
    setInterval(() => {
      counter += 1;
      session.publish('com.myapp.heartbeat');
      session.publish('com.myapp.topic1', [...Array(counter).keys()], {
        counter, foo: [1, counter, 2 * counter], bar: 'a text', baz: { a: 1.5, b: 10000, c: null, d: 'foo' },
      });
      session.publish('com.myapp.topic2', [counter, 23], { c: 'Hello', d: { counter, foo: [1, 2, 3] } });
    }, 50);
    say('ready');
  },

  caller: async (session, connection) => {
    const calls = [
      ['com.arguments.ping'], ['com.arguments.add2', [2, 3]],
      ['com.arguments.stars'], ['com.arguments.stars', [], { nick: 'Homer' }], ['com.arguments.stars', [], { nick: 'Homer', stars: 5 }],
      ['com.arguments.orders', ['coffee']], ['com.arguments.orders', ['coffee'], { limit: 2 }],
      ['com.arguments.arglen'], ['com.arguments.arglen', [1, 2, 3]], ['com.arguments.arglen', [1], { a: 1, b: 2, c: 3 }],
      ['com.math.slowsquare', [3]], ['com.mathservice.div2', [7, 2]],
      ['com.myapp.add_complex', [2, 3, 4, 5]], ['com.myapp.split_name', ['Homer Simpson']],
      ['com.myapp.echo_complex', null, { a: 23 }], ['com.myapp.echo_complex', [1, { b: [2] }], { c: 'x' }],
      ['com.myapp.sqrt', [2]], ['com.myapp.sqrt', [0]], ['com.myapp.sqrt', [-2]],
      ['com.myapp.checkname', ['foo']], ['com.myapp.checkname', ['Abc']], ['com.myapp.checkname', ['12']], ['com.myapp.checkname', ['123']],
      ['com.myapp.compare', [2, 17]],
    ];
    for (const [uri, args, kwargs] of calls) {
      await session.call(uri, args, kwargs).then(
        (r) => say(uri, r instanceof Result ? { args: r.args, kwargs: r.kwargs } : r === undefined ? null : r),
        (e) => say(uri, 'error', e.error, e.args || [], e.kwargs || {}),
      );
    }
    const progress = [];
    const n = await session.call('com.myapp.longop', [3], {}, { receive_progress: true }).then((r) => r, say, (p) => progress.push(p));
    say('com.myapp.longop', progress, n);
    say('done');
    connection.close();
  },
};

const [role, url] = process.argv.slice(2);
const connection = new autobahn.Connection({ url, realm: 'realm1', max_retries: 0, use_deferred: autobahn.when.defer });
connection.onopen = (session) => roles[role](session, connection).catch((e) => { say('failed', String(e.error || e)); process.exit(1); });
connection.onclose = () => process.exit(0);
connection.open();
process.stdin.on('end', () => process.exit(0)).resume();
