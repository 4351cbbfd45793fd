/**
 * `npm run keys -- derive APP`: prints the keys that one app needs, derived from those of SIGNING_KEYS, which it reads from the
 * environment. They are for SIGNING_KEYS of that app, and good for nothing else: a stolen key of a gateway cannot speak as a
 * region (docs/protocol.md). `npm run keys -- make [ID]` prints a new key with a random secret. Exit code 1 with a sentence
 * where a word is wrong.
 */
import { hkdfSync, randomBytes } from 'node:crypto';

const USAGE =
  'npm run keys -- make [ID]   or   SIGNING_KEYS=… npm run --silent keys -- derive counter-api | realtime-gateway | notification';

/** The roles that each app speaks in, as its start demands them. */
const ROLES = new Map([
  ['counter-api', ['gateway', 'region']],
  ['realtime-gateway', ['gateway', 'cursor']],
  ['notification', ['cursor']],
]);

function make(id = 'k1') {
  if (!/^[A-Za-z0-9_-]{1,16}$/.test(id))
    throw new Error('ID must be 1 to 16 letters, digits, _ or -.');
  return `${id}:${randomBytes(32).toString('hex')}`;
}

function derive(app) {
  const roles = ROLES.get(app);
  if (roles === undefined) throw new Error(`There is no app "${app}".`);
  const keys = (process.env.SIGNING_KEYS ?? '').split(',').map((key) => key.trim());
  return keys.flatMap((key) => roles.map((role) => derived(key, role))).join(',');
}

function derived(key, role) {
  const [, id, secret] = /^([A-Za-z0-9_-]{1,16}):([^,\s]{16,})$/.exec(key) ?? [];
  if (secret === undefined)
    throw new Error('SIGNING_KEYS must be set to id:secret pairs separated by commas.');
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', `headcount ${role}`, 32));
  return `${id}.${role}:${bytes.toString('hex')}`;
}

try {
  const [verb, word, ...more] = process.argv.slice(2);
  if (more.length > 0 || !['make', 'derive'].includes(verb)) throw new Error('Say make or derive.');
  console.log(verb === 'make' ? make(word) : derive(word));
} catch (cause) {
  console.error(`${cause.message}\n${USAGE}`);
  process.exit(1);
}
