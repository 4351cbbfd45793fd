/** Subscribers of one server, in as many processes as they need. */
import { pinToLoadCore } from '../cores.mjs';
import { startHelper } from '../helper.mjs';

const SOCKETS_EACH = 500;
/** Connections that are opened at once, by all of them: a server's backlog is finite. */
const OPENING_MAX = 100;

export async function startCrowd(
  { port, dialect },
  { sockets, pages, subscriptions, uuids = false },
) {
  const count = Math.ceil(sockets / SOCKETS_EACH);
  const program = new URL('crowd-process.mjs', import.meta.url);
  const helpers = await Promise.all(
    Array.from({ length: count }, () => startHelper(program, { pin: pinToLoadCore })),
  );
  const askAll = (question) => Promise.all(helpers.map(({ ask }) => ask(question)));
  return {
    /** How many receive each change of all pages. */
    subscriptions: sockets * subscriptions,
    /** Opens all sockets, and resolves when all subscriptions have a first value. */
    open: () =>
      Promise.all(
        helpers.map(({ ask }, at) => {
          const firstNumber = at * SOCKETS_EACH;
          const mine = Math.min(SOCKETS_EACH, sockets - firstNumber);
          return ask({
            ...{ do: 'open', port, dialect, pages, subscriptions, uuids },
            ...{ firstNumber, sockets: mine, atOnce: Math.ceil(OPENING_MAX / count) },
          });
        }),
      ),
    /** Resolves once all have received the change or a later one, with the time of the last receipt (tally.mjs). */
    reach: async (change) => Math.max(...(await askAll({ do: 'reach', change }))),
    /** Messages received so far. */
    received: async () =>
      (await askAll({ do: 'count' })).reduce((sum, received) => sum + received, 0),
    /** Closes all sockets. */
    close: () => askAll({ do: 'close' }),
    stop: () => Promise.all(helpers.map(({ stop }) => stop())),
  };
}
