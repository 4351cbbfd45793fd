import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { pause } from './crowd.js';

/** Pause between two looks at whether a gateway is ready, in milliseconds. */
const LOOK_EVERY_MS = 50;
/** Patience with an answer to that, in milliseconds. */
const LOOK_MS_MAX = 2000;

interface Gateway {
  readonly url: string;
  readonly port: number;
  isReady: boolean;
  /** Connections that go to it now. */
  open: number;
}

/**
 * What stands before several gateways on a fleet, in its simplest form: takes TCP connections and hands each to the
 * gateway with the fewest, among those whose `/health/ready` says yes. A connection stays where it is until one of its
 * ends closes it.
 */
export class Balancer {
  /** Connections closed at once, since no gateway was ready: stock clients take that for the end. */
  turnedAway = 0;
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly looking: Promise<unknown>;
  private closed = false;

  private constructor(
    private readonly server: Server,
    private readonly gateways: readonly Gateway[],
  ) {
    server.on('connection', (client: Socket) => this.take(client));
    this.looking = Promise.all(gateways.map((gateway) => this.look(gateway)));
  }

  /** Listens on a free port of 127.0.0.1. `urls`: http addresses of gateways of this machine. */
  static async before(urls: readonly string[]): Promise<Balancer> {
    const server = createServer({ noDelay: true });
    // All clients of a test may come at once.
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
    await once(server, 'listening');
    const gateways = urls.map((url) => ({
      ...{ url, port: Number(new URL(url).port) },
      ...{ isReady: false, open: 0 },
    }));
    return new Balancer(server, gateways);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Where stock clients subscribe. */
  get liveUrl(): string {
    return `ws://127.0.0.1:${this.port}/graphql`;
  }

  /** How many connections go to each gateway. */
  get open(): readonly number[] {
    return this.gateways.map(({ open }) => open);
  }

  /** Whether each gateway was ready at the last look. */
  get ready(): readonly boolean[] {
    return this.gateways.map(({ isReady }) => isReady);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.server.close();
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    await this.looking;
  }

  private async look(gateway: Gateway): Promise<void> {
    while (!this.closed) {
      gateway.isReady = await isReady(gateway.url);
      await pause(LOOK_EVERY_MS);
    }
  }

  private take(client: Socket): void {
    const [chosen] = this.gateways
      .filter(({ isReady }) => isReady)
      .sort((one, other) => one.open - other.open);
    client.on('error', () => client.destroy());
    if (chosen === undefined) {
      this.turnedAway += 1;
      client.destroy();
      return;
    }
    const target = connect({ port: chosen.port, host: '127.0.0.1', noDelay: true });
    const pair = [client, target] as const;
    this.pairs.add(pair);
    chosen.open += 1;
    target.on('error', () => target.destroy());
    client.pipe(target).pipe(client);
    client.once('close', () => target.destroySoon());
    target.once('close', () => {
      this.pairs.delete(pair);
      chosen.open -= 1;
      // What the gateway has said last, such as why it closes, still arrives.
      client.destroySoon();
    });
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(LOOK_MS_MAX) })).ok;
  } catch {
    return false;
  }
}
