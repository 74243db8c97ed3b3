// Compiles contracts/{src,test} into contracts/artifacts: `node contracts/compile.mjs [DIRECTORY]`.
//
// The compiler is pinned (counterparts/package-lock.json) and so is everything that its output depends on, so the same
// source gives the same bytes on any machine. One file per contract: {contractName, compiler, abi, bytecode}.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const solc = createRequire(join(here, '../counterparts/package.json'))('solc');
const directory = process.argv[2] ?? join(here, 'artifacts');

const sources = {};
for (const folder of ['src', 'test']) {
  for (const file of readdirSync(join(here, folder)).filter((name) => name.endsWith('.sol')).sort()) {
    sources[`${folder}/${file}`] = { content: readFileSync(join(here, folder, file), 'utf8') };
  }
}
const input = {
  language: 'Solidity',
  sources,
  settings: {
    evmVersion: 'cancun',
    viaIR: true,
    optimizer: { enabled: true, runs: 10_000 },
    // No hash of the metadata in the bytecode: it would change with every comment.
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
  },
};

const output = JSON.parse(solc.compile(JSON.stringify(input)));
const complaints = output.errors ?? [];
for (const complaint of complaints) process.stderr.write(complaint.formattedMessage);
if (complaints.length > 0) process.exit(1);

rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
for (const contracts of Object.values(output.contracts)) {
  for (const [contractName, { abi, evm }] of Object.entries(contracts)) {
    if (evm.bytecode.object === '') continue;
    const artifact = { contractName, compiler: solc.version(), abi, bytecode: `0x${evm.bytecode.object}` };
    writeFileSync(join(directory, `${contractName}.json`), `${JSON.stringify(artifact, null, 1)}\n`);
  }
}
