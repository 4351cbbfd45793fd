/** Several hundred subscribers in one process; crowd.mjs has the questions. */
import { randomUUID } from 'node:crypto';
import { serveHelper } from '../helper.mjs';
import { changeIn, pageDigitIn } from './changes.mjs';
import { DIALECTS } from './dialects.mjs';
import { Subscriber } from './subscriber.mjs';
import { Tally } from './tally.mjs';

let subscribers = [];
let tally;

/** Nobody may be sent away, nor told what is no change. The process ends, and with it the benchmark. */
function fail(error) {
  console.error(error);
  process.exit(1);
}

/** Resolves when all have received a first value of each of their subscriptions. */
async function open({ firstNumber, sockets, atOnce, ...one }) {
  const { subscriptions } = one;
  tally = new Tally(sockets * subscriptions);
  let at = 0;
  const openNext = async () => {
    while (at < sockets) {
      const mine = at;
      at += 1;
      const number = firstNumber + mine;
      await openOne({ ...one, number, firstSlot: mine * subscriptions });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, openNext));
  await tally.untilAll(0);
}

/** Resolves when one has received a first value. */
function openOne({ port, dialect, number, firstSlot, pages, subscriptions, uuids }) {
  const { path, subprotocol, steps } = DIALECTS[dialect];
  const asked = Array.from(
    { length: subscriptions },
    (_, at) => (number * subscriptions + at) % pages,
  );
  return new Promise((resolve) => {
    const onMessage = (bytes, end) => {
      // Of several pages in turn each has a last digit of its own.
      const slot = subscriptions === 1 ? 0 : pageDigitIn(bytes, end);
      tally.take(firstSlot + slot, changeIn(bytes, end));
      resolve();
    };
    subscribers.push(
      new Subscriber({
        ...{ port, path, subprotocol, onMessage, onFault: fail },
        steps: steps(number, asked, uuids ? () => randomUUID() : String),
      }),
    );
  });
}

function close() {
  for (const subscriber of subscribers) subscriber.close();
  subscribers = [];
}

serveHelper({}, (question) => {
  if (question.do === 'open') return open(question);
  if (question.do === 'reach') return tally.untilAll(question.change);
  if (question.do === 'close') return close();
  return tally.received;
});
