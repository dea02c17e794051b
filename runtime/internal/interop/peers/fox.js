// fox-wamp, the router, on loopback, where one port takes anonymous clients and one
// logins. Says on the standard output when it listens, and ends with its input.
// usage: node fox.js PORT LOGIN_PORT, with NODE_PATH set
const crypto = require('crypto');
const http = require('http');
const Router = require('fox-wamp');

// joe has a ticket and a secret, salty a salted secret.
const challenge = '{"nonce":"interop"}';
const salted = crypto.pbkdf2Sync('secret', 'salt123', 1000, 32, 'sha256').toString('base64');
const keys = { joe: 'secret', salty: salted };
const logins = {
  getAuthMethods: () => ['ticket', 'wampcra'],
  ticket_auth: (realm, details, secret, extra, cb) => cb(secret === 'tkt-123' ? undefined : new Error('refused'), {}),
  wampcra_extra: (realm, details, cb) => cb(undefined, details.authid === 'salty'
    ? { challenge, salt: 'salt123', iterations: 1000, keylen: 32 } : { challenge }),
  wampcra_auth: (realm, details, signature, extra, cb) => {
    const want = crypto.createHmac('sha256', keys[details.authid] || '').update(challenge).digest('base64');
    cb(signature === want ? undefined : new Error('refused'), {});
  },
  authorize: () => true,
};
const router = new Router();
const listen = (port, handler) => new Promise((resolve) => {
  const server = http.createServer();
  server.listen(Number(port), '127.0.0.1', () => {
    router.listenWAMP({ server, path: '/ws' }, handler);
    resolve();
  });
});
Promise.all([listen(process.argv[2]), listen(process.argv[3], logins)]).then(() => console.log('listening'));
process.stdin.on('end', () => process.exit(0)).resume();
