// autobahn-js as a peer of the benchmark: peer.go has the tasks.
const readline = require("readline");
const autobahn = require("autobahn");

const url = process.argv[2];
const uri = "com.example.bench.js";

function connect() {
  return new Promise((resolve, reject) => {
    const connection = new autobahn.Connection({
      url,
      realm: "realm1",
      max_retries: 0,
      serializers: [new autobahn.serializer.CBORSerializer()],
    });
    connection.onopen = (session) => resolve({ connection, session });
    connection.onclose = (reason) => (reject(new Error(reason)), true);
    connection.open();
  });
}

const waiting = [];

async function timed(task, once) {
  let n = 0;
  const cpu = process.cpuUsage();
  const begin = process.hrtime.bigint();
  const end = begin + BigInt(task.ms) * 1000000n;
  const worker = async () => {
    do {
      await once();
      n++;
    } while (process.hrtime.bigint() < end);
  };
  await Promise.all(Array.from({ length: task.flight }, worker));
  const used = process.cpuUsage(cpu);
  return { n, ns: Number(process.hrtime.bigint() - begin), cpu: (used.user + used.system) * 1000 };
}

async function idle(task) {
  const before = process.memoryUsage().rss;
  const all = [];
  for (let i = 0; i < task.sessions; i++) all.push(await connect());
  const bytes = (process.memoryUsage().rss - before) / task.sessions;
  for (const c of all) c.connection.close();
  return { n: task.sessions, bytes };
}

async function main() {
  const serving = (await connect()).session;
  const calling = (await connect()).session;
  await serving.register(uri, (args) => new autobahn.Result(args));
  await serving.subscribe(uri, () => waiting.shift()());
  const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");
  say({ version: require("autobahn/package.json").version + ", Node.js " + process.version });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const task = JSON.parse(line);
    const text = "x".repeat(task.size);
    const tasks = {
      call: () => timed(task, () => calling.call(uri, [1, text, true])),
      event: () => timed(task, () => new Promise((done) => {
        waiting.push(done);
        calling.publish(uri, [1, text, true]);
      })),
      idle: () => idle(task),
    };
    try {
      say(await tasks[task.do]());
    } catch (err) {
      say({ error: String(err && err.error ? err.error : err) });
    }
  }
  process.exit(0);
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
