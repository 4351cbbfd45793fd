/**
 * `npm run counter -- set PAGE NAME VALUE [--reason TEXT] [--id ID] [--url URL]`: gives a counter a value, also one whose totals are full
 * (docs/repair.md). `show PAGE NAME` tells what it counts, `sets PAGE NAME` what was set of it, by whom and why. Without --url it
 * asks the counter-api of this machine. The API key or token of an operator stands in HEADCOUNT_KEY, as words of a command line
 * can be seen by others. Exit code 1 with a sentence where it is refused.
 */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';

const USAGE = `npm run counter -- set PAGE NAME VALUE [--reason TEXT] [--id ID] [--url URL]
npm run counter -- show PAGE NAME [--url URL]
npm run counter -- sets PAGE NAME [--url URL]`;
const TRIES = 5;
const PAUSE_MS = 500;
const { COUNTER_API_PORT = '4000', HEADCOUNT_KEY } = process.env;

class Refused extends Error {}

/** The words of the command line. Throws where they are not as USAGE says. */
function asked(args) {
  const option = { type: 'string' };
  const options = { reason: option, id: option, url: option };
  // A space keeps a negative number from being taken for an option.
  const words = args.map((word) => (/^-\d+$/.test(word) ? ` ${word}` : word));
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
  const [order, page, name, value] = positionals.map((word) => word.trim());
  const wordsOf = { set: 4, show: 3, sets: 3 };
  if (!Object.hasOwn(wordsOf, order ?? '') || positionals.length !== wordsOf[order])
    throw new Error(`Say what to do with which counter.\n${USAGE}`);
  if (order === 'set' && !/^-?\d{1,16}$/.test(value))
    throw new Error(`VALUE must be a whole number.\n${USAGE}`);
  return { order, page, name, value, ...values };
}

/** One request; undefined where no answer came, or one after which the same may be sent again. */
async function tryOnce(address, request) {
  const headers = HEADCOUNT_KEY ? { authorization: `Bearer ${HEADCOUNT_KEY}` } : {};
  let answer;
  try {
    answer = await fetch(address, { ...request, headers: { ...headers, ...request?.headers } });
  } catch {
    return undefined;
  }
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  if (answer.status === 503 && body.code !== 'QUOTA_ELSEWHERE') return undefined;
  throw new Refused(
    `${body.code ?? answer.status}: ${body.detail ?? body.title ?? answer.statusText}`,
  );
}

/** The answer, after some tries: what is sent again under its id counts once. */
async function ask(address, request) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await new Promise((done) => setTimeout(done, PAUSE_MS));
    const body = await tryOnce(address, request);
    if (body !== undefined) return body;
  }
  throw new Refused(`${address} does not answer.`);
}

const shown = (count) => (count === null ? 'beyond 2^53' : String(count));

const orders = {
  async set(counter, { page, name, value, reason, id = randomUUID() }) {
    const request = {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'idempotency-key': `"${id}"` },
      body: JSON.stringify({ value: Number(value), reason }),
    };
    const { count, before } = await ask(`${counter}/value`, request);
    console.log(`${name} of ${page}: ${count}; it was ${shown(before)}.`);
  },
  async show(counter, { page, name }) {
    const { count } = await ask(counter);
    console.log(`${name} of ${page}: ${count}.`);
  },
  async sets(counter) {
    const { sets } = await ask(`${counter}/sets`);
    for (const { at, by, before, after, reason } of sets)
      console.log(
        `${at}  ${by}  ${shown(before)} -> ${after}${reason === null ? '' : `  ${reason}`}`,
      );
    if (sets.length === 0) console.log('It was never set in this region.');
  },
};

try {
  const words = asked(process.argv.slice(2));
  const { order, page, name, url = `http://127.0.0.1:${COUNTER_API_PORT}` } = words;
  const path = `${encodeURIComponent(page)}/counters/${encodeURIComponent(name)}`;
  await orders[order](`${url.replace(/\/+$/, '')}/${path}`, words);
} catch (cause) {
  console.error(cause.message);
  process.exitCode = 1;
}
