'use strict';
// Run by the build as `node make-cache.cjs DIRECTORY HOME NAME…`: plays the session that comes in on standard input, with HOME as
// qmail's, and leaves what V8 has compiled of these files on the way beside them in DIRECTORY.

const { writeFileSync } = require('node:fs');

const [directory, home, ...names] = process.argv.slice(2);
const { load, scripts } = require(`${directory}/load.cjs`);

process.on('exit', () => {
  for (const name of names) {
    writeFileSync(`${directory}/${name}.cache`, scripts.get(name).script.createCachedData());
  }
});

process.env.QMAIL_HOME = home;
process.env.QMAILQUEUE = `${home}/queue`;
process.env.TCPREMOTEIP = '192.0.2.1';
load('session').main('mvmtr', []);
