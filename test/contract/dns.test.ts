// The resolver over the sockets of each runtime, against a name server that lies, a real one (nsd) and none at
// all. On Bun the same checks run in one process of its own, and each of them is a test here. Without Bun or nsd,
// what needs them is skipped or fails, as support/needs.ts says.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBun } from '../../src/build/bun.mjs';
import type { Endpoint } from '../../src/sys/index.ts';
import { sys } from '../../src/sys/node.ts';
import { checksFor, nameOf, runCheck, type Servers } from '../dns/checks.ts';
import { type Liar, startLiar } from '../dns/liar.ts';
import { type NameServer, startNsd } from '../dns/nsd.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { needs, present, programPath } from '../support/needs.ts';

/** A port that the system gives to nobody by itself. */
const NOBODY: Endpoint = { address: '127.0.0.1', port: 1 };

const withNsd = needs('nsd');
const hasNsd = programPath('nsd') !== null;
const bun = findBun();
const withBun = present(bun === null ? ['bun'] : []);

let directory = '';
let liar: Liar;
let nsd: NameServer | null = null;
let servers: Servers;

beforeAll(async () => {
  directory = scratchDirectory();
  liar = await startLiar();
  if (hasNsd) nsd = await startNsd(directory);
  servers = { liar: liar.endpoint, dead: NOBODY, nsd: nsd?.endpoint ?? null };
});

afterAll(async () => {
  liar.close();
  await nsd?.stop();
  removeDirectory(directory);
});

const usesNsd = (check: { readonly servers: readonly string[] }): boolean => check.servers.includes('nsd');

describe('on Node, a name server that lies', () => {
  for (const check of checksFor('node').filter((each) => !usesNsd(each))) {
    it(nameOf(check), () => runCheck(check, sys, servers));
  }
});

withNsd.describe('on Node, nsd', () => {
  for (const check of checksFor('node').filter(usesNsd)) {
    it(nameOf(check), () => runCheck(check, sys, servers));
  }
});

withBun.describe('on Bun', () => {
  let results: ReadonlyMap<string, string | null>;

  beforeAll(async () => {
    results = new Map(JSON.parse(await outputOf(bun as string, JSON.stringify(servers))));
  });

  for (const check of checksFor('bun')) {
    const test = usesNsd(check) ? withNsd.it : it;
    test(nameOf(check), () => {
      expect(results.get(nameOf(check))).toBeNull();
    });
  }
});

function outputOf(program: string, servers: string): Promise<string> {
  const script = fileURLToPath(new URL('../dns/on-bun.ts', import.meta.url));
  const child = spawn(program, [script, servers], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}
