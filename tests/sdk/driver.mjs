// Runs calls of the unmodified everpay SDK against one server.
//
// Standard input: {"host": "http://127.0.0.1:PORT", "calls": [{"key": KEY, "method": "transfer", "params": {...}}, ...]}
// where KEY is absent, {"evm": "0x private key"} or {"jwk": {...}}; with "rpc": "http://…" EVM wallets are connected to
// that Ethereum node.
// Standard output: one JSON list, per call {"ok": result} or {"error": "message"}; in order, one call at a time.
//
// The SDK has no option for its hosts: they are overwritten after construction. It caches /info for the whole process,
// whatever the host, so one process serves one server.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../counterparts/package.json', import.meta.url));
const Everpay = require('everpay').default;
const { Wallet, providers } = require('ethers');
const Arweave = require('arweave');

async function client(host, rpc, key) {
  const sdk = new Everpay(await account(key, rpc));
  sdk._apiHost = sdk._explorerHost = sdk._expressHost = host;
  return sdk;
}

async function account(key, rpc) {
  if (key?.evm) {
    const wallet = new Wallet(key.evm, rpc ? new providers.StaticJsonRpcProvider(rpc) : null);
    return { account: wallet.address, chainType: 'ethereum', ethConnectedSigner: wallet };
  }
  if (key?.jwk) {
    const address = await Arweave.init({}).wallets.jwkToAddress(key.jwk);
    return { account: address, chainType: 'arweave', arJWK: key.jwk };
  }
  return {};
}

async function run({ host, rpc, calls }) {
  const results = [];
  for (const { key, method, params } of calls) {
    try {
      const sdk = await client(host, rpc, key);
      results.push({ ok: (await sdk[method](params)) ?? null });
    } catch (error) {
      results.push({ error: String(error?.message ?? error) });
    }
  }
  return results;
}

let input = '';
for await (const piece of process.stdin) input += piece;
process.stdout.write(JSON.stringify(await run(JSON.parse(input))));
