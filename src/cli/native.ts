// Entry of the compiled executable, which is one file under two names: finds out which of them it was called by.
// argv0 is the word the caller used, whether the file was found through a hard link, a symbolic link or a copy; the
// other places Bun keeps a name in (argv, execPath) have the target of a symbolic link or the name at build time.

import { main } from './main.ts';

const name = process.argv0.slice(process.argv0.lastIndexOf('/') + 1);

main(name === 'qmail-smtpd' ? 'qmail-smtpd' : 'mvmtr', process.argv.slice(2));
