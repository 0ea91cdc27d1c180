// One event → one line for multilog: "mvmtr[PID] event key=value ...". Values from outside are escaped and cut, so a line
// cannot be broken, forged or made wide by a client.

import type { SessionEvent } from '../session/index.ts';
import { forLog } from '../text/index.ts';

export interface LogContext {
  /** The process, and behind a dot the connection where one process has many. */
  readonly pid: number | string;
  readonly ip: string;
  readonly host: string;
  /** The client's port; absent where it is not known. */
  readonly port?: string;
}

/** The line without its line end; printable ASCII. */
export function logLine(context: LogContext, event: SessionEvent): string {
  const fields = fieldsOf(context, event)
    .filter((field): field is [string, string | number] => field[1] !== undefined && field[1] !== '')
    .map(([name, value]) => `${name}=${typeof value === 'number' ? value : forLog(value)}`);
  return [`mvmtr[${context.pid}]`, event.event, ...fields].join(' ');
}

type Field = [name: string, value: string | number | undefined];

function fieldsOf({ ip, host, port }: LogContext, event: SessionEvent): Field[] {
  switch (event.event) {
    case 'connect':
      return [
        ['ip', ip],
        ['host', host],
        ['profile', event.profile],
      ];
    case 'refused':
      return [
        ['code', event.code],
        ['rule', event.rule],
        ['ip', ip],
        ['verb', event.stage],
        ['from', event.reversePath === undefined ? undefined : `<${event.reversePath}>`],
        ['argument', event.argument],
        ['why', event.why],
      ];
    case 'accepted':
      return [
        ['octets', event.octets],
        ['recipients', event.recipients],
        ['qp', event.id],
        ['ip', ip],
        ['from', `<${event.reversePath}>`],
      ];
    case 'note':
      return [
        ['level', event.level],
        ['rule', event.where],
        ['ip', ip],
        ['text', event.text],
      ];
    case 'fault':
      return [
        ['ip', ip],
        ['why', event.why],
      ];
    case 'tls':
      return [
        ['result', event.result],
        ['ip', ip],
        ['version', event.version],
        ['cipher', event.cipher],
        ['sni', event.sni],
        ['subject', event.subject],
        ['discarded', event.discarded],
        ['why', event.why],
      ];
    case 'passwords':
      return [
        ['by', event.by],
        ['from', event.from],
      ];
    // contrib/fail2ban has a filter for this line: what the client chooses comes last.
    case 'auth':
      return [
        ['result', event.result],
        ['ip', ip],
        ['port', port],
        ['mechanism', event.mechanism],
        ['user', event.user],
        ['why', event.why],
      ];
    case 'said':
      return [
        ['by', event.by],
        ['text', event.text],
      ];
    case 'end':
      return [
        ['how', event.how],
        ['messages', event.messages],
        ['refused', event.refused],
        ['seconds', event.seconds],
      ];
  }
}
