/** The way from one region to another, on which bytes are counted and which can be cut. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Listens on a free port of 127.0.0.1 and passes on to `targetPort` there. `bytes()` counts what TCP carried both ways, its
 * own headers not included; `cut()` ends every connection, and each that comes until `heal()`.
 */
export async function openWire(targetPort) {
  const sockets = new Set();
  let bytes = 0;
  let isCut = false;
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(from);
      from.on('data', (chunk) => (bytes += chunk.length)).pipe(to);
      // Each end takes the other along; an error is an end like any other.
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    if (isCut) near.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Not resetAndDestroy(): on a socket that is being shut down it leaves Node 20 spinning at its exit.
  const end = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: server.address().port,
    bytes: () => bytes,
    cut() {
      isCut = true;
      end();
    },
    heal: () => (isCut = false),
    stop() {
      server.close();
      end();
    },
  };
}
