import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { takeOriginForm } from './http-server.js';

/** Whether an offer to leave HTTP/1.1 is one that the app takes up. */
export type IsTaken = (request: IncomingMessage) => boolean;

export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Headers of the offer, which go with it. A connection on which one was declined ends after the answer. */
const OF_THE_OFFER = new Set(['connection', 'http2-settings', 'upgrade']);

/**
 * Hands the upgrades of a server that `isTaken` accepts to `take`. Every other request is answered over HTTP/1.1 as if it
 * offered nothing (RFC 9110, 7.8): curl and the HttpClient of Java offer h2c with each first request. A server for which
 * this is never called answers all of them so by itself.
 */
export function takeUpgrades(server: Server, isTaken: IsTaken, take: TakeUpgrade): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    takeOriginForm(request);
    if (!isTaken(request)) return answerWithoutOffer(server, request, socket, head);
    // A connection may break at any moment; until `take` listens, an error would end the process.
    socket.on('error', destroyThis);
    take(request, socket, head);
  });
}

/** Gives the connection back to the server, which reads the request once more from its first byte, the offer left out. */
function answerWithoutOffer(
  server: Server,
  { method = 'GET', url = '/', httpVersion, rawHeaders }: IncomingMessage,
  socket: Duplex,
  rest: Buffer,
): void {
  const lines = [`${method} ${url} HTTP/${httpVersion}`, 'Connection: close'];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!OF_THE_OFFER.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[at + 1] ?? ''}`);
  }
  // Node hands over header bytes one by one as characters.
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.unshift(Buffer.concat([head, rest]));
  server.emit('connection', socket);
}

function destroyThis(this: Duplex): void {
  this.destroy();
}
