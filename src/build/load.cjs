'use strict';
// Loads the files of the Node build, with what V8 has made of those that count at start-up (session.cjs, rules.cjs for a
// session with rules, three for one that starts TLS) kept beside them as *.cache. V8 refuses a cache of another version or
// other flags, and one of another text; then, and without a cache, everything works the same and costs some milliseconds
// more.

const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

/** Names of the files with a cache, and the scripts they have become. */
const scripts = new Map([
  ['session', null],
  ['rules', null],
  ['starttls', null],
  ['start-tls', null],
  ['tls', null],
]);

/** The exports of dist/node/NAME.cjs. */
function load(name) {
  const path = `${__dirname}/${name}.cjs`;
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(path, 'utf8')}\n})`;
  const cachedData = cacheOf(name);
  const script = new Script(
    source,
    cachedData === null ? { filename: path } : { filename: path, cachedData },
  );
  const module = { exports: {} };
  scripts.set(name, { script, module });
  script.runInThisContext()(module.exports, requireBeside, module, path, __dirname);
  return module.exports;
}

function requireBeside(id) {
  const name = id.startsWith('./') && id.endsWith('.cjs') ? id.slice(2, -4) : '';
  if (!scripts.has(name)) return require(id);
  return scripts.get(name)?.module.exports ?? load(name);
}

function cacheOf(name) {
  try {
    return readFileSync(`${__dirname}/${name}.cache`);
  } catch {
    return null;
  }
}

module.exports = { load, scripts };
