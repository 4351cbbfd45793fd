import { METHODS, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerOnSocket, answerRaw } from './refusal.js';

/**
 * Makes a server of Node answer what HTTP asks to be answered and Node would not. Before it listens, and before anything takes
 * requests or upgrades that is to see them in their plain form.
 */
export function followHttp(server: Server): void {
  // Who has asked may shut its side of the connection and still be answered (RFC 9112, 9.6).
  (server as Server & { httpAllowHalfOpen?: boolean }).httpAllowHalfOpen = true;
  server.prependListener('request', takeOriginForm);
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) =>
    answerRaw(response, 'EXPECTATION_FAILED'),
  );
  // CONNECT, which Node takes off HTTP. We are no proxy.
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    answerOnSocket(socket, 'NOT_IMPLEMENTED', 'This is no proxy.');
  });
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)([^#]*)/i;

/**
 * Turns the address that one would send to a proxy into that which one sends to a server; its host takes the place of the Host
 * header (RFC 9112, 3.2.2).
 */
export function takeOriginForm(request: IncomingMessage): void {
  const { url = '' } = request;
  if (url.startsWith('/')) return;
  const [, host, path = ''] = ABSOLUTE.exec(url) ?? [];
  if (host === undefined) return;
  request.url = path.startsWith('/') ? path : `/${path}`;
  request.headers.host = host;
}

const REQUEST_LINE = /(?:^|\n)([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}) \S{1,8192} HTTP\/1\.[01]\r?\n/;

/** Whether bytes begin a request of HTTP/1.1 whose method Node does not know. */
export function hasUnknownMethod(bytes: Buffer): boolean {
  const method = REQUEST_LINE.exec(bytes.toString('latin1', 0, 16_384))?.[1];
  return method !== undefined && !METHODS.includes(method);
}
