// Starts one anvil for a parent process: `node anvil.mjs PORT STATE [ANVIL OPTION…]`.
//
// The program itself is unmodified; this file narrows and repairs what surrounds it:
// - it listens on loopback only, and PORT 0 takes a free port;
// - the chain is kept in the file STATE (`-` keeps nothing) and found again by the next start. The file is replaced as a
//   whole, at most once a second: anvil's own saving writes in place, so that a kill in the middle would lose everything;
// - it ends when its standard input closes, and anvil ends with it, even when this process is killed.
// When it is ready it writes one line, `ready PORT`, to standard output.
// Exit codes: 0 asked to stop, 2 wrong usage, 3 port in use, 1 anything else.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { gunzipSync } from 'node:zlib';

const [portText, stateText, ...options] = process.argv.slice(2);
const port = Number(portText);
if (!Number.isInteger(port) || port < 0 || port > 65535 || !stateText) {
  console.error('usage: node anvil.mjs PORT STATE|- [ANVIL OPTION...]');
  process.exit(2);
}
const state = stateText === '-' ? null : resolve(stateText);
/** Saving may take this share of the time; a long chain is saved less often. */
const SAVING_SHARE = 0.05;
const SAVE_EVERY_MS = 1000;
const STOP_MS = 3000;
const WORDS_MAX = 20;

const args = ['--host', '127.0.0.1', '--port', String(port), ...options];
if (state) {
  mkdirSync(dirname(state), { recursive: true });
  if (existsSync(state)) args.push('--load-state', state);
}

let stopping = false;
let url = null;
const anvil = spawn(program(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
const guard = guardOf(anvil);
const words = [];
anvil.on('error', (error) => {
  console.error(`anvil cannot be started: ${error.message}`);
  process.exit(1);
});
anvil.on('exit', (code) => {
  guard?.kill('SIGKILL');
  if (stopping) process.exit(0);
  const taken = words.some((line) => /address already in use/i.test(line));
  console.error(taken ? `port ${port} is in use` : `anvil ended (${code}): ${words.join('\n')}`);
  process.exit(taken ? 3 : 1);
});
for (const output of [anvil.stdout, anvil.stderr]) createInterface({ input: output }).on('line', heard);
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.stdin.on('end', stop);
process.stdin.on('error', stop);
process.stdin.resume();

/** anvil has a line for every request: the last few are kept for the message that tells of its end. */
function heard(line) {
  words.push(line);
  if (words.length > WORDS_MAX) words.shift();
  const listening = url === null && /^Listening on 127\.0\.0\.1:(\d+)$/.exec(line.trim());
  if (!listening) return;
  url = `http://127.0.0.1:${listening[1]}`;
  process.stdout.write(`ready ${listening[1]}\n`);
  if (state) saveAgainAndAgain();
}

function program() {
  const machine = { x64: 'amd64', arm64: 'arm64' }[process.arch] ?? process.arch;
  const name = process.platform === 'win32' ? 'bin/anvil.exe' : 'bin/anvil';
  try {
    return createRequire(import.meta.url).resolve(`@foundry-rs/anvil-${process.platform}-${machine}/${name}`);
  } catch {
    console.error(`anvil is not installed for ${process.platform}-${machine}; run "npm ci" in ${import.meta.dirname}`);
    process.exit(1);
  }
}

/** A process that outlives this one by the moment it takes to kill anvil. Nothing else can, after a SIGKILL. */
function guardOf(child) {
  if (process.platform === 'win32' || !child.pid) return null;
  const script = `cat >/dev/null; kill -KILL ${child.pid}`;
  return spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'] });
}

async function stop() {
  if (stopping) return;
  stopping = true;
  setTimeout(() => anvil.kill('SIGKILL'), STOP_MS).unref();
  if (state && url) await save().catch((error) => console.error(`the last blocks were not saved: ${error.message}`));
  anvil.kill('SIGTERM');
}

let saved = null;
async function saveAgainAndAgain() {
  let pause = SAVE_EVERY_MS;
  while (!stopping) {
    const began = performance.now();
    await save().catch((error) => console.error(`the chain was not saved: ${error.message}`));
    pause = Math.max(SAVE_EVERY_MS, (performance.now() - began) / SAVING_SHARE);
    await new Promise((done) => setTimeout(done, pause).unref());
  }
}

/** Saves run one after another; one that has nothing new to save does nothing. */
let queue = Promise.resolve();
function save() {
  const next = queue.then(saveOnce);
  queue = next.catch(() => {});
  return next;
}

async function saveOnce() {
  const head = (await ask('eth_getBlockByNumber', ['latest', false])).hash;
  if (head === saved) return;
  const bytes = gunzipSync(Buffer.from((await ask('anvil_dumpState', [])).slice(2), 'hex'));
  const next = `${state}.next`;
  const file = openSync(next, 'w');
  writeSync(file, bytes);
  fsyncSync(file);
  closeSync(file);
  renameSync(next, state);
  saved = head;
}

async function ask(method, params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(30_000) });
  const { result, error } = await answer.json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}
