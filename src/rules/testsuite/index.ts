// Test files in the svtest format with the simulated delivery behind
// them, and what a script would do. The door of this part of the rules
// room.

export type { Files } from './compile.ts';
export { type DryRun, type DryRunRequest, dryRun } from './dry-run.ts';
export { exitCode, formatReports, type ReportFormat } from './report.ts';
export { type FileReport, type RunRequest, runTestFile } from './runner.ts';
export type {
  QueuedMessage,
  SmtpDecision,
  SmtpDriver,
  SmtpOutcome,
  SmtpStep,
  SmtpWorld,
} from './smtp.ts';
