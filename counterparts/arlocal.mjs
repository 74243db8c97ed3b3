// Starts one arlocal for a parent process: `node arlocal.mjs PORT DIRECTORY`.
//
// The program itself is unmodified; this file narrows and repairs what surrounds it:
// - it listens on loopback only (arlocal listens everywhere), and PORT 0 takes a free port;
// - everything is kept below DIRECTORY and found again by the next start, with the right height;
// - it ends when its standard input closes, so that it cannot outlive a parent that was killed.
// When it is ready it writes one line, `ready PORT`, to standard output.
// Exit codes: 0 asked to stop, 2 wrong usage, 3 port in use, 1 anything else.
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [portText, directoryText] = process.argv.slice(2);
const port = Number(portText);
if (!Number.isInteger(port) || port < 0 || port > 65535 || !directoryText) {
  console.error('usage: node arlocal.mjs PORT DIRECTORY');
  process.exit(2);
}
const directory = resolve(directoryText);
mkdirSync(directory, { recursive: true });
process.chdir(directory);

// arlocal greets on standard output; that channel is ours.
console.log = () => {};

const { default: ArLocal } = createRequire(import.meta.url)('arlocal');
const gateway = new ArLocal(port || 1, false, join(directory, 'db'), true, 0);
// One line per request for ever would fill the disk.
gateway.log.logInFile = () => {};

const server = createServer();
gateway.app.listen = () => server;
server.on('error', (error) => {
  console.error(error.code === 'EADDRINUSE' ? `port ${port} is in use` : error.message);
  process.exit(error.code === 'EADDRINUSE' ? 3 : 1);
});

let stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  server.close();
  server.closeAllConnections();
  gateway.connection.destroy().finally(() => process.exit(0));
  setTimeout(() => process.exit(0), 2000).unref();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.stdin.on('end', stop);
process.stdin.on('error', stop);
process.stdin.resume();

await gateway.start();
await resumeHeight();
server.on('request', gateway.app.callback());
server.listen(port, '127.0.0.1', () => {
  process.stdout.write(`ready ${server.address().port}\n`);
});

// arlocal resumes from the block that is newest by the clock, in whole seconds; blocks of one second leave it too low.
async function resumeHeight() {
  const last = await gateway.connection('blocks').orderBy('height', 'desc').first();
  if (!last) return;
  const network = gateway.getNetwork();
  network.current = last.id;
  network.height = last.height;
  network.blocks = last.height + 1;
}
