// The demonstration that the README promises, run as a reader would run it after the build. It has to leave with 0 and to
// show the dialogue and the file that was delivered; everything else about it is its own business.
// Needs the Node build.

import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { missingFiles, nodeBuild } from '../support/builds.ts';
import { present } from '../support/needs.ts';
import { run } from '../support/tcp-server.ts';

const DEMO = fileURLToPath(new URL('../demo.mjs', import.meta.url));

present(missingFiles(nodeBuild)).it(
  'the demonstration plays a whole session and shows the delivered message',
  async () => {
    const { exit, output } = await run([process.execPath, DEMO]);
    expect(exit, output).toBe(0);
    expect(output).toContain('C: MAIL FROM:<sender@example.net>\nS: 250 ok\n');
    expect(output).toContain('  Return-Path: <sender@example.net>\n');
  },
);
