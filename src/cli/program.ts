// The administrator's command line: help and the tools. Sessions do not come through here; their options are
// in the help text only, and an option in front of a command is an error rather than ignored. Never exits
// itself: the result is the exit code, that of the tool, or 2 for a command line that makes no sense.

import { Command, type CommanderError, Option } from 'commander';
import { runCheck } from './commands/check.ts';
import { runNewmrh } from './commands/newmrh.ts';
import { DESCRIPTORS, type Output } from './commands/output.ts';
import type { Environment, ProfileName } from './commands/subject.ts';

/** Put in by the build. */
declare const MVMTR_VERSION: string;

const DEFAULT_HOME = '/var/qmail';
const HELP_COLUMNS = 80;
const MISUSE = 2;

const SESSION_USAGE = `[-h HOST] [-C FILE] [-b OCTETS] [-v] [--profile stock|mvmtr]
             [--qmail-home DIR] [--queue qmail|maildir:DIR]
       mvmtr check [--qmail-home DIR] [--profile stock|mvmtr] [--strict]
       mvmtr newmrh [--qmail-home DIR]
       mvmtr help [COMMAND]`;

const DESCRIPTION = `Receives mail by SMTP and hands it to qmail-queue, in the place of qmail-smtpd.

Without a command, mvmtr runs one session: it reads the client from descriptor 0
and answers on descriptor 1, as tcpserver(1) sets them up. Called by the name
qmail-smtpd it behaves like stock qmail-smtpd and skips its arguments.`;

const MORE = `
Options of a session:
  -h HOST              name of this host, instead of control/me
  -C FILE              start file of the rules; this version has none and
                       does not read it
  -b OCTETS            octets of a message to keep in memory for the rules;
                       not used by this version
  -v                   add the dialogue to the log
  --profile PROFILE    stock: as qmail-smtpd; mvmtr: as this program
  --qmail-home DIR     home directory of qmail (default: $QMAIL_HOME, else
                       ${DEFAULT_HOME})
  --queue QUEUE        where messages go: qmail (qmail-queue) or maildir:DIR

Files:
  DIR/control/*         the control files; \`mvmtr check\` finds mistakes in them
  DIR/bin/qmail-queue   takes the messages, unless QMAILQUEUE names a program

Environment:
  TCPREMOTEIP, TCPREMOTEHOST, TCPREMOTEINFO, TCPLOCALIP, TCPLOCALHOST,
  RELAYCLIENT, DATABYTES, QMAILQUEUE   as for qmail-smtpd
  QMAIL_HOME                           DIR, unless --qmail-home is given

Exit code:
  check   0 no errors, 1 errors, 2 could not check
  newmrh  0 done, 111 failed`;

interface HomeOption {
  readonly qmailHome?: string;
}

interface CheckOptions extends HomeOption {
  readonly profile: ProfileName;
  readonly strict: boolean;
}

/** `argv` is what follows the program's name. */
export async function program(argv: readonly string[]): Promise<number> {
  return runProgram(argv, { output: DESCRIPTORS, environment: process.env });
}

export interface Surroundings {
  readonly output: Output;
  readonly environment: Environment;
}

/** The same with everything it touches handed in. */
export async function runProgram(
  argv: readonly string[],
  { output, environment }: Surroundings,
): Promise<number> {
  let code = MISUSE;
  const root = rootCommand(output);
  tool(root, 'check', 'look for mistakes in the control files')
    // Control files are qmail's before they are ours: what is wrong there is said unless ours are asked for.
    .addOption(profileOption().default('stock'))
    .option('--strict', 'exit with 1 for warnings too', false)
    .action((options: CheckOptions) => {
      const { profile, strict } = options;
      code = runCheck({ home: homeOf(options, environment), profile, strict, environment }, output);
    });
  tool(root, 'newmrh', 'build control/morercpthosts.cdb from control/morercpthosts').action(
    (options: HomeOption) => {
      code = runNewmrh(homeOf(options, environment), output);
    },
  );
  try {
    await root.parseAsync(argv, { from: 'user' });
    return code;
  } catch (problem) {
    if (!isCommanderError(problem)) throw problem;
    return problem.exitCode === 0 ? 0 : MISUSE;
  }
}

function rootCommand(output: Output): Command {
  return new Command('mvmtr')
    .usage(SESSION_USAGE)
    .description(DESCRIPTION)
    .version(`mvmtr ${MVMTR_VERSION}`, '-V, --version', 'print the version')
    .helpOption('--help', 'print this text, or that of a command')
    .helpCommand('help [command]', 'explain a command')
    .addHelpText('after', MORE)
    .exitOverride()
    .configureOutput({
      writeOut: output.out,
      writeErr: output.err,
      getOutHelpWidth: () => HELP_COLUMNS,
      getErrHelpWidth: () => HELP_COLUMNS,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

function tool(root: Command, name: string, description: string): Command {
  return root
    .command(name)
    .description(description)
    .allowExcessArguments(false)
    .helpOption('--help', 'print this text')
    .addOption(homeOption());
}

function profileOption(): Option {
  return new Option('--profile <PROFILE>', 'stock: as qmail-smtpd; mvmtr: as this program').choices([
    'stock',
    'mvmtr',
  ]);
}

function homeOption(): Option {
  return new Option(
    '--qmail-home <DIR>',
    `home directory of qmail (default: $QMAIL_HOME, else ${DEFAULT_HOME})`,
  );
}

function homeOf({ qmailHome }: HomeOption, environment: Environment): string {
  return qmailHome ?? (environment.QMAIL_HOME || DEFAULT_HOME);
}

function isCommanderError(problem: unknown): problem is CommanderError {
  return typeof problem === 'object' && problem !== null && 'exitCode' in problem;
}
