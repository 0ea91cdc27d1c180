// The builds that end-to-end tests run on: Node's through the launchers in bin/, and the compiled executable when it
// has been built. With MVMTR_REQUIRE_ALL=1 the tests of a build that is not there fail instead of being skipped.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';
import { present } from './needs.ts';

export interface Build {
  readonly name: 'node' | 'native';
  /** Full paths. */
  readonly qmailSmtpd: string;
  readonly mvmtr: string;
}

const inProject = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const nodeBuild: Build = {
  name: 'node',
  qmailSmtpd: inProject('bin/qmail-smtpd'),
  mvmtr: inProject('bin/mvmtr'),
};

export const nativeBuild: Build = {
  name: 'native',
  qmailSmtpd: inProject('dist/native/qmail-smtpd'),
  mvmtr: inProject('dist/native/mvmtr'),
};

/** Files a build cannot do without that are not there, as paths below the project. */
export function missingFiles(build: Build): readonly string[] {
  const files =
    build.name === 'node' ? ['dist/node/session.cjs'] : ['dist/native/qmail-smtpd', 'dist/native/mvmtr'];
  return files.filter((file) => !existsSync(inProject(file)));
}

/** Declares the tests in `body` once for each build. */
export function describeBuilds(title: string, body: (build: Build) => void): void {
  for (const build of [nodeBuild, nativeBuild]) {
    present(missingFiles(build)).describe(`${title}, ${build.name} build`, () => body(build));
  }
}

/** One test of what takes its time, on all builds that are there at once. */
export function itTakesTimeOnBuilds(title: string, body: (build: Build) => Promise<void>): void {
  const builds = [nodeBuild, nativeBuild].filter((build) => missingFiles(build).length === 0);
  it(`${title}, ${builds.map(({ name }) => name).join(' and ')} build`, async () => {
    await Promise.all(builds.map(body));
  });
}
