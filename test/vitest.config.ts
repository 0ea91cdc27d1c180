// How the tests run: everything named *.test.ts, beside the code and below test/, each file in a process of its own
// because many of them start programs. MVMTR_VERSION stands for what the build puts in its place.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { versionDefine } from '../src/build/bundle.mjs';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  define: versionDefine(),
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    globals: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
