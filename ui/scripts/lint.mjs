// The house rules of the page that no general tool knows:
//   1. No raw colour, size, duration or layer outside tokens.css; no inline style in a template (the content policy).
//   2. Components of one domain import only the shared ones and their own; views and routes compose.
//   3. Only platform/tauri.ts knows Tauri.
//   4. No bare words in a template; every sentence is a message in all languages, and every message is used.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'svelte/compiler';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const SRC = join(ROOT, 'src');
const SKIPPED = ['lib/paraglide', 'lib/api/generated'].map((path) => join(SRC, path));
const findings = [];
const say = (file, what) => findings.push(`${relative(ROOT, file).split(sep).join('/')}: ${what}`);

function* walk(folder) {
  if (SKIPPED.includes(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

const RAW = [
  [/#[0-9a-f]{3,8}\b/i, 'raw colour'],
  [/\b(?:rgba?|hsla?|oklch|lab)\(/i, 'raw colour'],
  [/\b\d*\.?\d+(?:px|rem)\b/, 'raw size'],
  [/\b\d*\.?\d+m?s\b/, 'raw duration'],
  [/z-index:\s*-?\d/, 'raw layer'],
  [/font-weight:\s*\d/, 'raw weight'],
];

function checkStyle(file, css) {
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/@(?:media|container)[^{]*/g, '');
  for (const line of plain.split('\n'))
    for (const [pattern, what] of RAW) if (pattern.test(line)) say(file, `${what}: ${line.trim()}`);
}

const WORDS = /\p{L}{2,}/u;
const SPOKEN = new Set([
  'aria-label',
  'title',
  'placeholder',
  'alt',
  'label',
  'text',
  'note',
  'help',
  'empty',
]);
// The name of the program is the same in every language.
const NAMES = new Set(['Everwatch']);

function checkTemplate(file, source) {
  const visit = (node, parent) => {
    if (!node || typeof node !== 'object') return;
    if (Array.isArray(node)) return node.forEach((child) => visit(child, parent));
    if (node.type === 'Text') {
      const text = node.data.trim();
      const spoken = parent?.type !== 'Attribute' || SPOKEN.has(parent.name);
      if (spoken && WORDS.test(text) && !NAMES.has(text)) say(file, `bare words: ${text}`);
      return;
    }
    if (node.type === 'StyleDirective') return;
    if (node.type === 'Attribute' && node.name === 'style') say(file, 'inline style');
    const inside = node.type === 'Attribute' ? node : node.type === 'RegularElement' ? null : parent;
    for (const [key, child] of Object.entries(node)) if (key !== 'parent') visit(child, inside);
  };
  visit(parse(source, { modern: true }).fragment, null);
}

function checkImports(file, source) {
  const domain = /components[\\/]([^\\/]+)/.exec(relative(SRC, file))?.[1];
  for (const [, target] of source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    if (target.startsWith('@tauri-apps/') && !file.endsWith(join('platform', 'tauri.ts')))
      say(file, `only platform/tauri.ts may import ${target}`);
    if (!target.startsWith('.')) continue;
    const reached = relative(SRC, resolve(dirname(file), target)).split(sep);
    if (domain && reached[0] === 'components' && reached[1] !== domain && reached[1] !== 'common')
      say(file, `crosses domains: ${target}`);
    if (domain && (reached[0] === 'views' || reached[0] === 'routes')) say(file, `reaches up: ${target}`);
    if (relative(SRC, file).startsWith('lib') && !file.endsWith('.test.ts') && reached[0] !== 'lib')
      say(file, `lib reaches out: ${target}`);
  }
}

function checkMessages(used) {
  const read = (locale) => JSON.parse(readFileSync(join(ROOT, 'messages', `${locale}.json`), 'utf8'));
  const { baseLocale, locales } = JSON.parse(
    readFileSync(join(ROOT, 'project.inlang', 'settings.json'), 'utf8'),
  );
  const base = Object.keys(read(baseLocale));
  for (const locale of locales) {
    const keys = new Set(Object.keys(read(locale)));
    for (const key of base) if (!keys.has(key)) findings.push(`messages/${locale}.json: missing ${key}`);
    for (const key of keys) if (!base.includes(key)) findings.push(`messages/${locale}.json: unknown ${key}`);
  }
  for (const key of base) if (!used.has(key)) findings.push(`messages/${baseLocale}.json: unused ${key}`);
}

const used = new Set();
for (const file of walk(SRC)) {
  const source = readFileSync(file, 'utf8');
  if (/\.(svelte|ts)$/.test(file)) {
    checkImports(file, source);
    for (const [, key] of source.matchAll(/\bm\.([a-z0-9_]+)/g)) used.add(key);
  }
  if (file.endsWith('.svelte')) {
    checkTemplate(file, source);
    checkStyle(file, /<style[^>]*>([\s\S]*?)<\/style>/.exec(source)?.[1] ?? '');
  }
  if (file.endsWith('.css') && !file.endsWith('tokens.css')) checkStyle(file, source);
}
checkMessages(used);

if (findings.length > 0) {
  console.error(findings.join('\n'));
  console.error(`${findings.length} findings`);
  process.exit(1);
}
console.log('house rules hold');
