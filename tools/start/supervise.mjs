import { setTimeout as sleep } from 'node:timers/promises';
import { Part } from './part.mjs';
import { askedToStop } from './stop-signals.mjs';

/**
 * Runs parts until `asked` resolves, by default at SIGINT, SIGTERM or SIGHUP. `layers` is a list of lists of parts: each layer is started when the
 * one before is ready, and they are stopped in the opposite order; within a layer those with a `headStartMs` are stopped by so much earlier than
 * the others. A part that dies is started again for as long as it takes, while the others go on. `onReady` is called when all are. Resolves
 * once everything has ended; rejects with a Fault, once everything has ended, if a part fails at its first start. `limits` is for Part.
 */
export async function supervise(layers, { say, onReady, limits, asked = askedToStop() }) {
  let lose;
  const lost = new Promise((_resolve, reject) => (lose = reject));
  const parts = layers.map((layer) =>
    layer.map((spec) => new Part(spec, { say, onLost: lose, limits })),
  );
  let isStopping = false;
  const startAll = async () => {
    for (const layer of parts) {
      // A layer may get ready in the very moment of the signal.
      if (isStopping) return;
      await Promise.all(layer.map((part) => part.start()));
    }
    onReady();
    await lost;
  };
  try {
    await Promise.race([startAll(), lost, asked]);
    say('Stopping …');
  } finally {
    isStopping = true;
    for (const layer of parts.toReversed()) await stopLayer(layer);
  }
  say('Everything has stopped.');
}

async function stopLayer(layer) {
  const first = layer.filter(({ headStartMs }) => headStartMs > 0);
  const rest = layer.filter((part) => !first.includes(part));
  const headStartMs = Math.max(0, ...first.map((part) => part.headStartMs));
  const firstStopped = Promise.all(first.map((part) => part.stop()));
  await Promise.race([firstStopped, sleep(headStartMs)]);
  await Promise.all([firstStopped, ...rest.map((part) => part.stop())]);
}
