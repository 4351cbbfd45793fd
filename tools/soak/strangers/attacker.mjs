/**
 * A process of its own that attacks until it is told to stop, so that its work is none of the honest side's event loop.
 * Arguments: the name of the attack, and the target as JSON. Sends `{ outcomes }` when it is told `stop`.
 */
import { ATTACKS } from './attacks/index.mjs';

const [name, target] = process.argv.slice(2);
const attack = ATTACKS.find((one) => one.name === name);
const outcomes = {};
let isOver = false;

async function flood(state) {
  for (let nth = 0; !isOver; nth += 1) {
    const outcome = await attack.once(state, nth).catch((cause) => `failed ${cause.message}`);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    // Where an answer costs nothing, timers and messages still get their turn.
    await new Promise(setImmediate);
  }
}

process.on('message', () => {
  isOver = true;
  process.send({ outcomes }, () => process.exit(0));
});
process.on('disconnect', () => process.exit(0));

const parsed = JSON.parse(target);
const states = await Promise.all(
  Array.from({ length: attack.concurrency ?? 16 }, (_, lane) => attack.begin({ ...parsed, lane })),
);
await Promise.all(states.map(flood));
