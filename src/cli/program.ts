// The administrator's command line: help and the tools. Sessions do not come through here; their options are
// in the help text only, and an option in front of a command is an error rather than ignored. Never exits
// itself: the result is the exit code, that of the tool, or 2 for a command line that makes no sense.

import { Command, type CommanderError, Option } from 'commander';
import { SERVE_HELP } from '../serve/listener/help.ts';
import { runCheck } from './commands/check.ts';
import { runCompile } from './commands/compile.ts';
import { runExplain } from './commands/explain.ts';
import { runNewmrh } from './commands/newmrh.ts';
import { DESCRIPTORS, type Output } from './commands/output.ts';
import { runPasswd } from './commands/passwd.ts';
import { runSieve } from './commands/sieve.ts';
import type { Environment, ProfileName } from './commands/subject.ts';
import { runTests } from './commands/test-rules.ts';

/** Put in by the build. */
declare const MVMTR_VERSION: string;

const DEFAULT_HOME = '/var/qmail';
const HELP_COLUMNS = 80;
const MISUSE = 2;

const SESSION_USAGE = `[-h HOST] [-C FILE] [-b OCTETS] [-v] [--profile stock|mvmtr]
             [--qmail-home DIR] [--queue qmail|maildir:DIR]
             [--tls|--outer-tls]
       mvmtr serve [OPTIONS] ADDRESS...
       mvmtr check [--qmail-home DIR] [--profile stock|mvmtr] [--strict]
       mvmtr compile [--strict] FILE
       mvmtr explain --ip IP --mail SENDER --rcpt RECIPIENT... [OPTIONS]
       mvmtr test [--format human|tap|json] FILE|DIR...
       mvmtr sieve FILE --message FILE
       mvmtr newmrh [--qmail-home DIR]
       mvmtr passwd [--qmail-home DIR] [--file FILE] [--delete] USER
       mvmtr help [COMMAND]`;

const DESCRIPTION = `Receives mail by SMTP and hands it to qmail-queue, in the place of qmail-smtpd.

Without a command, mvmtr runs one session: it reads the client from descriptor 0
and answers on descriptor 1, as tcpserver(1) sets them up. Called by the name
qmail-smtpd it behaves like stock qmail-smtpd and skips its arguments. As
mvmtr serve it is its own tcpserver, for many sessions in one process.`;

const MORE = `
Options of a session:
  -h HOST              name of this host, instead of control/me
  -C FILE              start file of the rules, instead of control/mvmtr.mfl
  -b OCTETS            octets of a message to keep in memory for the rules;
                       the rest of it goes to a file without a name
  -v                   add the dialogue to the log
  --profile PROFILE    stock: as qmail-smtpd; mvmtr: as this program
  --qmail-home DIR     home directory of qmail (default: $QMAIL_HOME, else
                       ${DEFAULT_HOME})
  --queue QUEUE        where messages go: qmail (qmail-queue) or maildir:DIR
  --tls                TLS from the first octet
  --outer-tls          whoever has started us speaks TLS, and tells of it in
                       SSL_* or TLS_* variables

Files:
  DIR/control/*         the control files; \`mvmtr check\` finds mistakes in them
  DIR/control/mvmtr.mfl start file of the rules, if there are any
  DIR/bin/qmail-queue   takes the messages, unless QMAILQUEUE names a program

Environment:
  TCPREMOTEIP, TCPREMOTEHOST, TCPREMOTEINFO, TCPLOCALIP, TCPLOCALHOST,
  RELAYCLIENT, DATABYTES, QMAILQUEUE   as for qmail-smtpd
  QMAIL_HOME                           DIR, unless --qmail-home is given

Exit code:
  serve    0 it was told to go, 100 a mistake, 111 could not listen or go on
  check    0 no errors, 1 errors, 2 could not check
  compile  0 written, 1 errors, 2 could not read or write
  explain  0 it ran, 1 the rules do not compile, 2 could not read
  test     0 all passed, 1 some failed, 2 could not run
  sieve    0 it ran, 1 it does not compile or failed, 2 could not read
  newmrh   0 done, 111 failed
  passwd   0 done, 1 no such user or password, 111 could not read or write`;

interface HomeOption {
  readonly qmailHome?: string;
}

interface PasswdOptions extends HomeOption {
  readonly file?: string;
  readonly delete: boolean;
  readonly list: boolean;
}

interface CheckOptions extends HomeOption {
  readonly profile: ProfileName;
  readonly strict: boolean;
}

interface ExplainOptions extends HomeOption {
  readonly rules?: string;
  readonly profile: ProfileName;
  readonly ip: string;
  readonly host?: string;
  readonly helo?: string;
  readonly mail: string;
  readonly rcpt: readonly string[];
  readonly message?: string;
  readonly relay: boolean;
}

interface TestOptions {
  readonly format: 'human' | 'tap' | 'json';
  readonly compat?: 'pigeonhole';
}

interface SieveOptions {
  readonly message: string;
  readonly from?: string;
  readonly to?: string;
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
  const done = (exit: number): void => {
    code = exit;
  };
  const root = rootCommand(output);
  const surroundings = { output, environment };
  addServeHelp(root);
  addControlTools(root, surroundings, done);
  addRuleTools(root, surroundings, done);
  addExplain(root, surroundings, done);
  try {
    await root.parseAsync(argv, { from: 'user' });
    return code;
  } catch (problem) {
    if (!isCommanderError(problem)) throw problem;
    return problem.exitCode === 0 ? 0 : MISUSE;
  }
}

type Done = (exit: number) => void;

/** Help only: a listener has a command line of its own, and does not come through here. */
function addServeHelp(root: Command): void {
  root
    .command('serve')
    .description('listen for clients and run a session with each')
    .configureHelp({ formatHelp: () => SERVE_HELP });
}

function addControlTools(root: Command, { output, environment }: Surroundings, done: Done): void {
  tool(root, 'check', 'look for mistakes in the control files and rules')
    // Control files are qmail's before they are ours: what is wrong there is said unless ours are asked for.
    .addOption(profileOption().default('stock'))
    .addOption(homeOption())
    .option('--strict', 'exit with 1 for warnings too', false)
    .action((options: CheckOptions) => {
      const { profile, strict } = options;
      done(runCheck({ home: homeOf(options, environment), profile, strict, environment }, output));
    });
  tool(root, 'newmrh', 'build control/morercpthosts.cdb from control/morercpthosts')
    .addOption(homeOption())
    .action((options: HomeOption) => done(runNewmrh(homeOf(options, environment), output)));
  tool(root, 'passwd', "set a user's password for AUTH, read from standard input")
    .argument('[user]', 'the user')
    .addOption(homeOption())
    .option('--file <FILE>', 'the file of users (default: control/smtpusers)')
    .option('--delete', 'take the user away', false)
    .option('--list', 'list all users', false)
    .action(async (user: string | undefined, options: PasswdOptions) => {
      const { file = `${homeOf(options, environment)}/control/smtpusers`, list } = options;
      const action = list ? 'list' : options.delete ? 'delete' : 'set';
      if (user === undefined && !list)
        root.error('error: name the user, or write --list', { exitCode: MISUSE });
      done(await runPasswd({ file, user: user ?? null, action }, output));
    });
}

function addRuleTools(root: Command, { output }: Surroundings, done: Done): void {
  tool(root, 'compile', 'check a rule file and write FILE + "c" for sessions to load')
    .argument('<file>', 'the rule file, usually control/mvmtr.mfl')
    .option('--strict', 'write nothing and exit with 1 for warnings too', false)
    .action((file: string, { strict }: { readonly strict: boolean }) =>
      done(runCompile({ file, strict }, output)),
    );
  tool(root, 'test', 'run test files, and all *.svtest files below directories')
    .argument('<path...>', 'files and directories')
    .addOption(
      new Option('--format <FORMAT>', 'how results are written')
        .choices(['human', 'tap', 'json'])
        .default('human'),
    )
    .addOption(new Option('--compat <SUITE>', 'as that test suite expects it').choices(['pigeonhole']))
    .action(async (paths: readonly string[], { format, compat }: TestOptions) =>
      done(await runTests({ paths, format, compat: compat !== undefined }, output)),
    );
  tool(root, 'sieve', "show what a user's script would do with a message")
    .argument('<file>', 'the script')
    .requiredOption('--message <FILE>', 'the message')
    .option('--from <SENDER>', 'envelope sender (default: from the message)')
    .option('--to <RECIPIENT>', 'envelope recipient (default: from the message)')
    .action(async (script: string, options: SieveOptions) =>
      done(await runSieve({ script, ...options }, output)),
    );
}

function addExplain(root: Command, { output, environment }: Surroundings, done: Done): void {
  tool(root, 'explain', 'play one session to the rules and tell who decides what')
    .option('--rules <FILE>', 'the start file (default: control/mvmtr.mfl)')
    .requiredOption('--ip <IP>', "the client's address")
    .option('--host <NAME>', "the client's name, as tcpserver has looked it up")
    .option('--helo <NAME>', 'what it says in EHLO (default: its name, else its address)')
    .requiredOption('--mail <SENDER>', 'the sender; empty for the null sender')
    .requiredOption('--rcpt <RECIPIENT...>', 'the recipients')
    .option('--message <FILE>', 'the message; without one the session ends before DATA')
    .option('--relay', 'the client may relay (RELAYCLIENT)', false)
    .addOption(profileOption().default('mvmtr'))
    .addOption(homeOption())
    .action(async (options: ExplainOptions) => {
      const helo = options.helo ?? options.host ?? literal(options.ip);
      const home = homeOf(options, environment);
      done(await runExplain({ ...options, helo, home, environment, version: MVMTR_VERSION }, output));
    });
}

const literal = (ip: string): string => (ip.includes(':') ? `[IPv6:${ip}]` : `[${ip}]`);

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
    .helpOption('--help', 'print this text');
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
