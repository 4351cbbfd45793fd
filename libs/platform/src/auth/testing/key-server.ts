import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';

/** An identity provider's address for keys, on a free port of this machine. */
export class KeyServer {
  /** How often it was asked. */
  asked = 0;
  /** What it answers; a test may set another answer. */
  answer: (response: ServerResponse) => void = (response) =>
    response.end(JSON.stringify({ keys: this.keys }));

  private constructor(
    public keys: readonly JWK[],
    private readonly server = createServer((_, response) => {
      this.asked += 1;
      this.answer(response);
    }),
  ) {}

  static async start(keys: readonly JWK[]): Promise<KeyServer> {
    const one = new KeyServer(keys);
    await new Promise<void>((listening) => one.server.listen(0, '127.0.0.1', listening));
    return one;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/keys`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
