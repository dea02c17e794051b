// A callee that keeps to testdata/stock.wamp.yaml, but for one fault.
// usage: node stock.js URL FAULT, where FAULT is none or one that stock_test.go has,
// with NODE_PATH set
const autobahn = require('autobahn');

const [url, fault] = process.argv.slice(2);
const invalid = (text) => new autobahn.Error('wamp.error.invalid_argument', [text]);

// The parameters by name.
function bind(args, kwargs, names, optional = []) {
  if (args.length > names.length) throw invalid('too many arguments');
  const bound = { ...kwargs };
  args.forEach((v, i) => {
    if (names[i] in bound) throw invalid(`${names[i]} is there twice`);
    bound[names[i]] = v;
  });
  for (const name of names) if (bound[name] === undefined || bound[name] === null) throw invalid(`${name} is missing`);
  for (const name of Object.keys(bound)) if (![...names, ...optional].includes(name)) throw invalid(`${name} is unknown`);
  return bound;
}

const is = (type, v) => v === undefined || v === null || typeof v === type;

function reserve(args, kwargs) {
  if (fault === 'by-position' && 'quantity' in kwargs) throw new TypeError('two arguments');
  if (fault === 'crash' && Array.isArray(args[0])) throw new TypeError('not a string');
  const { sku, quantity, note, urgent } = bind(args, kwargs, ['sku', 'quantity'], ['note', 'urgent']);
  if (typeof sku !== 'string') throw invalid('sku');
  if (fault !== 'long' && ([...sku].length < 3 || [...sku].length > 12)) throw invalid('sku');
  if (!Number.isInteger(quantity) && !(fault === 'bool' && quantity === true)) throw invalid('quantity');
  if (quantity < (fault === 'zero' ? 0 : 1) || quantity > (fault === 'bound' ? 98 : 99)) throw invalid('quantity');
  if (!is('string', note) || !is('boolean', urgent)) throw invalid('note or urgent');
  if (fault === 'silent' && note === '') return new Promise(() => {});
  if (fault === 'undeclared' && urgent) throw new autobahn.Error('com.example.stock.error.too_busy', ['not now']);
  if (quantity > 50) throw new autobahn.Error('com.example.stock.error.sold_out', ['sold out'], { left: fault === 'error' ? 'few' : 50 });
  const state = urgent ? 'waiting' : 'reserved';
  return new autobahn.Result([], { id: fault === 'type' ? '1' : 1, state: fault === 'enum' ? 'lost' : state });
}

function load(args, kwargs, details) {
  if (typeof bind(args, kwargs, ['source']).source !== 'string') throw invalid('source');
  if (details.progress && fault !== 'progressless') {
    details.progress([fault === 'progress' ? '1' : 1, 2]);
    details.progress([2, 2]);
  }
  return 2;
}

const connection = new autobahn.Connection({ url, realm: 'realm1', max_retries: 0 });
connection.onopen = async (session) => {
  await session.register('com.example.stock.reserve', reserve);
  if (fault !== 'unserved') await session.register('com.example.stock.import', load);
  console.log('ready');
};
connection.onclose = () => process.exit(0);
connection.open();
