/**
 * `npm run api-key -- NAME [--scopes "S,…"] [--pages "P,…"] [--counters "C,…"] [--votes "C,…"] [--amount N]`: makes an API key
 * for a back end (docs/auth.md). Prints the key, which is stored nowhere, and the line for API_KEYS or the file of API_KEYS_FILE.
 * Without --pages the key is for all pages. It may change those counters alone that are named, and has those scopes alone that
 * are named. Exit code 1 with a sentence where a word is wrong.
 */
import { createHash, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

const USAGE =
  'npm run api-key -- NAME [--scopes "S,…"] [--pages "P,…"] [--counters "C,…"] [--votes "C,…"] [--amount N]';

/** The words of the command line. Throws where they are not as USAGE says. */
function asked(args) {
  const option = { type: 'string' };
  const options = {
    ...{ scopes: option, pages: option, counters: option, votes: option, amount: option },
  };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [name, ...more] = positionals;
  if (more.length > 0 || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name ?? ''))
    throw new Error('NAME must be 1 to 64 letters, digits, dots, _ or -.');
  if (values.amount !== undefined && !/^[1-9]\d{0,15}$/.test(values.amount))
    throw new Error('--amount must be a whole number, the largest amount of one change.');
  return { name, ...values };
}

const list = (text) => text.split(',').map((part) => part.trim());

try {
  const { name, scopes, pages, counters, votes, amount } = asked(process.argv.slice(2));
  const key = `hck_${randomBytes(32).toString('base64url')}`;
  const line = {
    name,
    sha256: createHash('sha256').update(key).digest('hex'),
    ...(scopes !== undefined && { scope: list(scopes).join(' ') }),
    pages: pages === undefined ? ['*'] : list(pages),
    counters: counters === undefined ? [] : list(counters),
    ...(votes !== undefined && { votes: list(votes) }),
    ...(amount !== undefined && { amount: Number(amount) }),
  };
  console.log(
    `The key, shown this once; it is sent as "Authorization: Bearer ${key.slice(0, 4)}…":`,
  );
  console.log(`\n${key}\n`);
  console.log('The line for API_KEYS, or for the file of API_KEYS_FILE:');
  console.log(`\n${JSON.stringify(line)}`);
} catch (cause) {
  console.error(`${cause.message}\n${USAGE}`);
  process.exit(1);
}
