// What became of the messages of the soak, and whether the queue program's ledger says the same.
// A message is answered (250), refused (another reply), torn (complete, but the connection ended before a reply came) or unsent.
// What was answered has to be in the ledger once, as it was sent; what was torn may be there once; nothing else may.

/** Takes note of what sessions tell; `audit(lines)` compares. */
export function openLedger() {
  const entries = new Map();
  const answered = (id, reply) => {
    entries.get(id).fate = reply.startsWith('250') ? 'answered' : 'refused';
  };
  return {
    expect: (messages) => {
      for (const message of messages)
        entries.set(message.id, { ...summary(message), fate: 'unsent', found: 0 });
    },
    fates: {
      sent: (id) => {
        entries.get(id).fate = 'torn';
      },
      answered,
    },
    audit: (lines) => audit(entries, lines),
  };
}

/** What stays of a message: its contents would be too much. */
const summary = ({ crc, length, recipients }) => ({ crc, length, recipients: recipients.length });

function audit(entries, lines) {
  const problems = [];
  const counts = { answered: 0, torn: 0, tornQueued: 0, refused: 0, unsent: 0 };
  for (const line of lines) check({ entries, line, problems });
  for (const [id, { fate, found }] of entries) {
    counts[fate] += 1;
    if (fate === 'torn' && found === 1) counts.tornQueued += 1;
    const most = fate === 'answered' || fate === 'torn' ? 1 : 0;
    const least = fate === 'answered' ? 1 : 0;
    if (found < least || found > most) problems.push(`${id}: ${fate}, but ${found} times in the queue`);
  }
  return { counts, problems };
}

/** One line of the queue program: CRC-32, length, sender, recipients. */
function check({ entries, line, problems }) {
  const [crc, length, sender = '', ...recipients] = line.split(' ');
  const id = sender.split('@')[0];
  const entry = entries.get(id);
  if (entry === undefined) {
    problems.push(`queued, but never sent: ${line}`);
    return;
  }
  entry.found += 1;
  if (Number.parseInt(crc, 16) !== entry.crc || Number(length) !== entry.length) {
    problems.push(`${id}: other contents (${length} octets and not ${entry.length})`);
  }
  const wanted = Array.from({ length: entry.recipients }, (_, n) => `${id}.${n}@mx.example`);
  if (recipients.join() !== wanted.join()) problems.push(`${id}: other recipients: ${recipients}`);
}
