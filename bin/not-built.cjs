'use strict';
// What the launchers do when the Node build cannot be loaded: one line for the log, one reply for a client that may
// be waiting, exit 111 (temporary, as tcpserver and its relatives count). A tool has no client and says nothing to it.

const { writeSync } = require('node:fs');

exports.leave = (programName, argv, error) => {
  const missing = error.code === 'MODULE_NOT_FOUND';
  const why = missing
    ? 'dist/node/session.cjs is missing: run "npm run build"'
    : `cannot start: ${error.message}`;
  const isTool = programName === 'mvmtr' && /^(?:--help|-V|--version|[^-].*)$/s.test(argv[0] ?? '-');
  say(2, `${programName}: ${why.split('\n')[0]}\n`);
  if (!isTool) say(1, '421 4.3.0 Service not available, try again later\r\n');
  process.exit(111);
};

// Nobody may be listening, and there is nobody to tell that.
function say(descriptor, text) {
  try {
    writeSync(descriptor, text);
  } catch {}
}
