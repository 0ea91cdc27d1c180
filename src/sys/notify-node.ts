// Node's way to tell a supervisor something: Node has no datagrams on unix sockets, so systemd's own program sends them. It is
// another process than ours, which the unit has to allow (NotifyAccess=all), and it does not leave before the
// message was taken, so it is stopped when that takes too long.

import { reasonOf } from './both.ts';
import type { Serving } from './serving-types.ts';

const SYSTEMD_NOTIFY = '/usr/bin/systemd-notify';

const MOST_SECONDS = 5;

/** Octets of what the program complains about that are kept. */
const COMPLAINT_OCTETS = 4096;

const loadChildProcess = () => process.getBuiltinModule('node:child_process');

export const sendNotify: Serving['sendNotify'] = (socketPath, message) =>
  new Promise((resolve) => {
    const problem = (reason: string): void => resolve(`${socketPath}: ${SYSTEMD_NOTIFY}: ${reason}`);
    const options = {
      env: { NOTIFY_SOCKET: socketPath },
      timeout: MOST_SECONDS * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: COMPLAINT_OCTETS,
    } as const;
    try {
      loadChildProcess().execFile(SYSTEMD_NOTIFY, message.split('\n'), options, (error, _out, complaint) => {
        const [line = ''] = complaint.trim().split('\n');
        if (!error) resolve(null);
        else problem(error.killed ? `no answer in ${MOST_SECONDS} seconds` : line || String(error.code));
      });
    } catch (error) {
      problem(reasonOf(error as Error));
    }
  });
