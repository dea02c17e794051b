// A foreign client: it calls our callee by position and by name, gets our
// errors and events, and offers a procedure. It says one JSON line a step.
// usage: node peer.js LIBRARY URL SERIALIZER, with NODE_PATH set
const [library, url, serializer] = process.argv.slice(2);
const say = (step, value) => console.log(JSON.stringify({ step, value }));
const shop = 'com.example.shop.';

// session hides how the two libraries spell the same things.
const libraries = {
  autobahn: () => new Promise((resolve) => {
    const a = require('autobahn');
    const make = { json: 'JSONSerializer', msgpack: 'MsgpackSerializer', cbor: 'CBORSerializer' }[serializer];
    const c = new a.Connection({
      transports: [{ type: 'websocket', url, serializers: [new a.serializer[make]()] }], realm: 'realm1',
    });
    c.onopen = (s) => resolve({
      call: (uri, args, kwargs) => s.call(uri, args, kwargs).then((r) => r),
      register: (uri, f) => s.register(uri, (args) => f(args)),
      subscribe: (uri, f) => s.subscribe(uri, (args, kwargs) => f(args, kwargs)),
      publish: (uri, args, kwargs) => s.publish(uri, args, kwargs, { acknowledge: true }),
      fault: (e) => ({ uri: e.error, args: e.args, kwargs: e.kwargs }),
      close: () => c.close(),
    });
    c.open();
  }),
  wampy: async () => {
    const { Wampy } = require('wampy');
    const make = { json: 'JsonSerializer', msgpack: 'MsgpackSerializer', cbor: 'CborSerializer' }[serializer];
    const w = new Wampy(url, { realm: 'realm1', ws: require('websocket').w3cwebsocket, serializer: new (require(`wampy/${make}.js`)[make])() });
    await w.connect();
    const payload = (args, kwargs) => ({ argsList: args, argsDict: kwargs });
    return {
      call: (uri, args, kwargs) => w.call(uri, payload(args, kwargs)).then((r) => r.argsList[0]),
      register: (uri, f) => w.register(uri, (m) => ({ argsList: [f(m.argsList)] })),
      subscribe: (uri, f) => w.subscribe(uri, (m) => f(m.argsList, m.argsDict)),
      publish: (uri, args, kwargs) => w.publish(uri, payload(args, kwargs)),
      fault: (e) => ({ uri: e.errorUri, args: e.argsList, kwargs: e.argsDict || {} }),
      close: () => w.disconnect(),
    };
  },
};

async function main() {
  const s = await libraries[library]();
  const attempt = async (step, args, kwargs) => {
    try {
      say(step, await s.call(shop + 'order.place', args, kwargs));
    } catch (e) {
      say(step, s.fault(e));
    }
  };
  await s.subscribe(shop + 'order.placed', (args, kwargs) => say('event', { args, kwargs }));
  await s.register('com.example.js.add', (args) => args[0] + args[1]);
  await attempt('position', ['tea', 2], { note: 'Grüße' });
  await attempt('name', [], { sku: 'tea', quantity: 1 });
  await attempt('error', ['tea', 1000], {});
  await attempt('invalid', ['tea', 'two'], {});
  await s.publish('com.example.js.hello', [9007199254740991, 'hi'], {});
  say('ready', null);
  process.stdin.on('end', () => s.close());
  process.stdin.resume();
}

main().catch((e) => { console.error(e); process.exit(1); });
