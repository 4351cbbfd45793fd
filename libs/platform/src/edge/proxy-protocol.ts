import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { ipOf } from './ip-address.js';
import { readProxyHeader } from './proxy-header.js';

/** Why a connection was closed before its first request. */
export type NoProxyHeader = 'late' | 'malformed' | 'oversized';

export interface ProxyProtocolOptions {
  /** Whose connections begin with a header; those of others are plain. */
  readonly trusts: (ip: string) => boolean;
  /** How long a header may take, in milliseconds. */
  readonly headerMs: number;
  /** Told the address that a proxy speaks for. */
  readonly carries: (socket: Socket, source: string) => void;
  readonly refused: (reason: NoProxyHeader) => void;
}

/**
 * Reads the PROXY header of each connection of a trusted peer before the server sees anything of it. A connection whose header is
 * malformed, too long or late is closed without an answer, as the specification demands: the sender is no such proxy, or
 * is set up wrong, and a guess would take a stranger's bytes for an address. Before anything else listens for connections that is not
 * to see one before its header has been read; after that listeners see each at once.
 */
export function acceptProxyProtocol(server: Server, options: ProxyProtocolOptions): void {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  const begin = (socket: Socket): void => {
    for (const listener of listeners) Reflect.apply(listener, server, [socket]);
  };
  server.on('connection', (socket: Socket) => {
    const peer = socket.remoteAddress ?? '';
    if (options.trusts(ipOf(peer) ?? peer)) readFirst(socket, options, begin);
    else begin(socket);
  });
}

function readFirst(
  socket: Socket,
  { headerMs, carries, refused }: ProxyProtocolOptions,
  begin: (socket: Socket) => void,
): void {
  let held = Buffer.alloc(0);
  const done = (): void => {
    clearTimeout(late);
    socket.off('readable', read).off('end', cut).off('error', cut).off('close', done);
  };
  const cut = (): void => {
    done();
    socket.destroy();
  };
  const refuse = (reason: NoProxyHeader): void => {
    refused(reason);
    cut();
  };
  const read = (): void => {
    for (let chunk = take(socket); chunk !== null; chunk = take(socket)) {
      held = Buffer.concat([held, chunk]);
      const header = readProxyHeader(held);
      if (header.kind === 'partial') continue;
      if (header.kind !== 'header') return refuse(header.kind);
      done();
      if (header.source !== null) carries(socket, header.source);
      // What came with the header is the first of the request.
      if (held.length > header.bytes) socket.unshift(held.subarray(header.bytes));
      return begin(socket);
    }
  };
  const late = setTimeout(() => refuse('late'), headerMs);
  socket.on('readable', read).on('end', cut).on('error', cut).on('close', done);
}

const take = (socket: Socket): Buffer | null => socket.read() as Buffer | null;
