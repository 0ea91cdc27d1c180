// A server on Node that is killed while its shells have children: the children come to an end of what they were being given,
// and neither they nor the shells nor any file stay behind.

import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { missingFiles, nodeBuild } from '../support/builds.ts';
import { present } from '../support/needs.ts';
import { cleanEnvironment } from '../support/process-player.ts';
import { start } from '../support/program.ts';

const POOL = fileURLToPath(new URL('../../dist/node/spawn-pool.cjs', import.meta.url));
const CHILDREN = 3;

// Each child is a shell that is given its script as the message: it says who it is, and waits for the rest.
const SERVER = `
const { openSpawnPool } = require(process.argv[1]);
const { env } = process;
openSpawnPool({ ordinary: null, typical: { file: '/bin/true', cwd: '/', env } }).then(async ({ spawn }) => {
  for (let n = 0; n < ${CHILDREN}; n += 1) {
    const { message } = await spawn({ file: '/bin/sh', cwd: '/', env });
    message.write(Buffer.from('echo $$ $PPID >&2\\n'));
  }
  setInterval(() => {}, 1000);
});
`;

present(missingFiles(nodeBuild)).it('leaves nothing behind when it is killed', async () => {
  const { child, exited } = start([process.execPath, '-e', SERVER, POOL], cleanEnvironment());
  let told = '';
  child.stderr.setEncoding('latin1').on('data', (text: string) => {
    told += text;
  });
  while (told.split('\n').length <= CHILDREN) await once(child.stderr, 'data');
  const pids = told.split(/\s/).slice(0, -1);
  const running = (): readonly string[] => pids.filter((pid) => existsSync(`/proc/${pid}`));
  expect(running().length).toBe(2 * CHILDREN);
  child.kill('SIGKILL');
  await exited;
  while (running().length > 0) await sleep(5);
  expect(readdirSync('/dev/shm').filter((name) => name.startsWith(`.mvmtr-${child.pid}-`))).toEqual([]);
});
