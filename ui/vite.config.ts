import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// The page is served under a strict content policy: no inline script, style, font or picture. So nothing is inlined.
// The targets are the web views that know `light-dark()`; the tokens rely on it.
// While working on the page: the address of a running `everwatchd serve`.
const core = process.env['EVERWATCH_CORE'];

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  resolve: {
    alias: { $lib: fileURLToPath(new URL('./src/lib', import.meta.url)) },
    ...(process.env['VITEST'] ? { conditions: ['browser'] } : {}),
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    ...(core ? { proxy: { '/rpc': core, '/events': core, '/session': core } } : {}),
  },
  build: {
    target: ['es2023', 'safari18', 'chrome128', 'firefox128'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts'],
    env: { TZ: 'UTC' },
  },
});
