// `mvmtr serve` goes down while sessions with TLS are open: who is idle hears so, and a message comes to its end.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeBuilds } from '../support/builds.ts';
import { needs } from '../support/needs.ts';
import { takeQueued } from '../support/process-player.ts';
import { createSecureWorld, type SecureWorld, serverEnv } from '../support/secure-world.ts';
import { killServers, serve } from '../support/serve.ts';
import { openMessage } from '../support/smtp-client.ts';
import { smtpsClient, starttlsClient } from '../support/tls-client.ts';

const { describe } = needs('openssl');

const GOING_DOWN = '421 4.3.2 Going down, try again later';

let world: SecureWorld;

describe('TLS and a server that goes down', () => {
  beforeEach(() => {
    world = createSecureWorld();
  });
  afterEach(async () => {
    await killServers();
    world.remove();
  });

  describeBuilds('with TLS', (build) => {
    it('who is idle hears so, and a message comes to its end', async () => {
      const words = ['-HR', '-l', 'mx.example.com', '127.0.0.1:0', 'tls:127.0.0.1:0'];
      const server = await serve(build, { words, env: serverEnv(world) });
      const [, smtps = 0] = server.ports;
      const idle = await Promise.all([starttlsClient(server.port), smtpsClient(smtps)]);
      for (const client of idle) await client.ask('EHLO client.example.net');
      const silent = await smtpsClient(smtps);
      const busy = await starttlsClient(server.port);
      await openMessage(busy);
      busy.say('Subject: under way\r\n');
      server.signal('SIGTERM');
      for (const client of [...idle, silent]) {
        expect(await client.reply()).toBe(GOING_DOWN);
        await client.ended;
      }
      expect(await busy.ask('\r\nbody\r\n.')).toMatch(/^250 /);
      expect(await busy.reply()).toBe(GOING_DOWN);
      expect(await server.exited).toBe(0);
      const [queued, ...more] = await takeQueued(world.out);
      expect(queued?.message).toMatch(/\nSubject: under way\n\nbody\n$/);
      expect(more).toEqual([]);
    });
  });
});
