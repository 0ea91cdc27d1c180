// Where both programs begin: decides between a session and the administrator's tools, and nothing else.
// Entry of the Node build, called by the launchers in bin/ with the name they stand for. The name decides before the
// arguments do: as qmail-smtpd there are sessions only. The tools are behind a door, so a session never loads them.
// Fails with one line on stderr and exit 111 when something was thrown that nobody below has caught.

import { writeSync } from 'node:fs';
import { runSession } from './session.ts';

declare const MVMTR_VERSION: string;

export type ProgramName = 'qmail-smtpd' | 'mvmtr';

const TOOLS: readonly string[] = [
  'check',
  'newmrh',
  'passwd',
  'compile',
  'explain',
  'test',
  'sieve',
  'help',
  '--help',
];

/** `argv` is what follows the program name on the command line. */
export async function main(programName: ProgramName, argv: readonly string[]): Promise<void> {
  try {
    await dispatch(programName, argv);
  } catch (error) {
    writeSync(2, `${programName}: ${String(error)}\n`);
    process.exit(111);
  }
}

async function dispatch(programName: ProgramName, argv: readonly string[]): Promise<void> {
  const [first] = argv;
  if (programName === 'mvmtr' && first !== undefined) {
    if (argv.length === 1 && (first === '-V' || first === '--version')) {
      writeSync(1, `mvmtr ${MVMTR_VERSION}\n`);
      return;
    }
    if (first === 'serve') {
      const { serve } = await import('../serve/listener/index.ts');
      process.exit(await serve(argv.slice(1), MVMTR_VERSION));
    }
    if (TOOLS.includes(first)) {
      const { program } = await import('./program.ts');
      process.exitCode = await program(argv);
      return;
    }
  }
  await runSession({ argv, programName });
}
