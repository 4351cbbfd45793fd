/** Sockets of attackers: `ws` alone, which does what it is told and nothing by itself. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { ATTACKER } from './http.mjs';

/** A socket after `connection_ack`, or the close code as outcome. */
export class HostileSocket {
  static async open(live, token, params = { token }) {
    const socket = new WebSocket(live, 'graphql-transport-ws', { localAddress: ATTACKER });
    const one = new HostileSocket(socket);
    await once(socket, 'open').catch((cause) => {
      one.closed ??= cause.message;
    });
    if (one.closed === null) {
      one.say({ type: 'connection_init', payload: params });
      await one.next('connection_ack');
    }
    return one;
  }

  constructor(socket) {
    this.socket = socket;
    /** Null while it is open; then the close code. */
    this.closed = null;
    this.waiting = [];
    socket.on('error', () => undefined);
    socket.on('message', (bytes) => this.heard(JSON.parse(String(bytes))));
    socket.on('close', (code) => {
      this.closed = String(code);
      for (const { resolve } of this.waiting.splice(0)) resolve(null);
    });
  }

  say(message) {
    if (this.closed === null) this.socket.send(JSON.stringify(message));
    return this;
  }

  subscribe(id, query, variables) {
    return this.say({ type: 'subscribe', id, payload: { query, variables } });
  }

  /** The next message of a type (and id), or null once the socket has closed. */
  next(type, id) {
    if (this.closed !== null) return Promise.resolve(null);
    return new Promise((resolve) => this.waiting.push({ type, id, resolve }));
  }

  /** What comes first of an operation: `next`, the code of its error, or the close code. */
  async outcomeOf(id) {
    const message = await this.next(undefined, id);
    if (message === null) return `closed ${this.closed}`;
    if (message.type !== 'error') return message.type;
    return `error ${message.payload[0]?.extensions?.code ?? 'no code'}`;
  }

  end() {
    this.socket.terminate();
  }

  heard(message) {
    const isFor = ({ type, id }) =>
      (type === undefined || type === message.type) && (id === undefined || id === message.id);
    for (const one of this.waiting.filter(isFor)) {
      this.waiting.splice(this.waiting.indexOf(one), 1);
      one.resolve(message);
    }
  }
}

/** Says bytes on a bare connection; what came back within `waitMs`, or until the other side ended it. */
export async function sayRaw(url, bytes, { waitMs = 2000, reset = false } = {}) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress: ATTACKER });
  socket.on('error', () => undefined);
  let text = '';
  socket.setEncoding('latin1').on('data', (part) => (text += part));
  await once(socket, 'connect').catch(() => undefined);
  socket.write(bytes);
  if (reset) {
    setTimeout(() => socket.resetAndDestroy(), 20);
    await once(socket, 'close');
    return 'reset';
  }
  const isOver = Promise.race([
    once(socket, 'end').catch(() => undefined),
    once(socket, 'data').catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, waitMs).unref()),
  ]);
  await isOver;
  socket.destroy();
  return /^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? (text === '' ? 'silence' : 'bytes');
}
