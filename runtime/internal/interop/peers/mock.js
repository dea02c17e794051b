// Calls procedures and listens to topics as autobahn-js does.
// usage: node mock.js URL <lines, with NODE_PATH set. A line is an object with uri,
// args and kwargs for a call, or topic and match for a subscription; the answer is
// a line with uri, args, kwargs and progress, or error; that of a topic is its
// first event.
const autobahn = require('autobahn');
const readline = require('readline');

const connection = new autobahn.Connection({ url: process.argv[2], realm: 'realm1', max_retries: 0 });
let ended = false;
const say = (v) => process.stdout.write(JSON.stringify(v) + '\n');
const parts = (v) => (v instanceof autobahn.Result ? { args: v.args, kwargs: v.kwargs } : { args: v === null || v === undefined ? [] : [v], kwargs: {} });

async function call(session, { uri, args, kwargs }) {
  const progress = [];
  try {
    const result = await session.call(uri, args, kwargs, { receive_progress: true }).then((v) => v, (e) => { throw e; }, (p) => progress.push(parts(p)));
    say({ uri, progress, ...parts(result) });
  } catch (e) {
    say({ uri, error: e.error || String(e), args: e.args || [], kwargs: e.kwargs || {} });
  }
}

async function listen(session, { topic, match }) {
  let heard = 0;
  await new Promise((done) => {
    session.subscribe(topic, (args, kwargs, details) => {
      heard += 1;
      if (heard > 1) return;
      say({ uri: details.topic || topic, args: args || [], kwargs: kwargs || {} });
      done();
    }, { match: match || 'exact' });
  });
}

connection.onopen = async (session) => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const what = JSON.parse(line);
    await (what.topic ? listen : call)(session, what);
  }
  ended = true;
  connection.close();
};
connection.onclose = () => process.exit(ended ? 0 : 1);
connection.open();
