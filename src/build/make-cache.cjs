'use strict';
// Run by the build as `node make-cache.cjs DIRECTORY HOME`: plays the session that comes in on standard input, with the rules in
// HOME, and leaves what V8 has compiled on the way beside the files of DIRECTORY.

const { writeFileSync } = require('node:fs');

const [directory, home] = process.argv.slice(2);
const { load, scripts } = require(`${directory}/load.cjs`);

process.on('exit', () => {
  for (const [name, loaded] of scripts) {
    if (loaded !== null) writeFileSync(`${directory}/${name}.cache`, loaded.script.createCachedData());
  }
});

process.env.QMAIL_HOME = home;
process.env.QMAILQUEUE = '/bin/true';
process.env.TCPREMOTEIP = '192.0.2.1';
load('session').main('mvmtr', []);
