import { Part } from './part.mjs';

/**
 * Runs parts until SIGINT or SIGTERM. `layers` is a list of lists of parts: each layer is started when the one before is
 * ready, and they are stopped in the opposite order. `onReady` is called when all are. Resolves after a signal, once
 * everything has ended; rejects with a Fault, once everything has ended, if a part fails at its first start or keeps dying. `limits` is for Part.
 */
export async function supervise(layers, { say, onReady, limits }) {
  let lose;
  const lost = new Promise((_resolve, reject) => (lose = reject));
  const parts = layers.map((layer) =>
    layer.map((spec) => new Part(spec, { say, onLost: lose, limits })),
  );
  const asked = signalled();
  const startAll = async () => {
    for (const layer of parts) await Promise.all(layer.map((part) => part.start()));
    onReady();
    await lost;
  };
  try {
    await Promise.race([startAll(), lost, asked]);
    say('Stopping …');
  } finally {
    for (const layer of parts.toReversed()) await Promise.all(layer.map((part) => part.stop()));
  }
  say('Everything has stopped.');
}

/** Resolves at the first signal. From then on signals are ignored: Ctrl-C under npm arrives twice. */
function signalled() {
  return new Promise((resolve) => {
    process.on('SIGINT', resolve).on('SIGTERM', resolve);
  });
}
