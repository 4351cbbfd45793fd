/** A connection on which a test says what it likes, and which it does not close unless told so. */
import { connect, type Socket } from 'node:net';
import { until } from '@headcount/testing';

/** The head of a request for a WebSocket. `more` has lines to add, or to say otherwise. */
export function upgradeHead(
  path = '/graphql',
  more: Readonly<Record<string, string>> = {},
): string {
  const headers = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'graphql-transport-ws',
    ...more,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

export class RawConnection {
  /** Everything that has arrived. */
  text = '';
  /** Whether the other side has said that nothing more will come, or has cut it off. */
  ended = false;
  private readonly socket: Socket;

  constructor(port: number) {
    // Open on our side however the other one ends, as that of somebody who wants to hold on to it.
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.setEncoding('latin1').on('data', (text: string) => (this.text += text));
    this.socket.on('end', () => (this.ended = true));
    this.socket.on('close', () => (this.ended = true));
    this.socket.on('error', () => (this.ended = true));
  }

  say(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  /** The status of the answer to a request. */
  async status(): Promise<number> {
    const line = await until(() => /^HTTP\/1\.1 (\d+)/.exec(this.text), { what: 'an answer' });
    return Number(line?.[1]);
  }

  /** Resolves when the other side has ended it. */
  async end(): Promise<void> {
    await until(() => this.ended, { what: 'the other side to end the connection' });
  }

  destroy(): void {
    this.socket.destroy();
  }
}
