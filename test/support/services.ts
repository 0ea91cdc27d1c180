// The services of a session that only rules ask for, for sessions without any.

import { NO_SECURITY } from '../../src/serve/services.ts';
import type { Services } from '../../src/session/index.ts';

const unused = (name: string) => (): never => {
  throw new Error(`${name} is for rules, and there are none`);
};

export const NO_RULES: Omit<Services, 'channel' | 'queue' | 'clock' | 'log'> = {
  ...NO_SECURITY,
  sleep: unused('sleep'),
  spool: unused('spool'),
  quarantine: unused('quarantine'),
};
