import type { RunningApp } from '@headcount/platform';
import type { CounterValue } from '@headcount/protocol';
import { createClient, type Client, type ClientOptions } from 'graphql-sse';
import type { FakeCounterApi } from '../../testing/fake-counter-api.js';
import { metricOf, startTestPair } from '../../testing/test-gateway.js';
import { EventStreams } from '../event-streams.js';
import { EventReader } from './event-reader.js';

/** What a subscription has shown so far. */
export interface Shown {
  readonly counts: number[];
  readonly errors: unknown[];
  readonly ended: () => boolean;
  end(): void;
}

/** A gateway with a fake counter-api behind it, and whoever reads its streams. */
export class StreamBench {
  private readonly readers: EventReader[] = [];
  private readonly clients: Client[] = [];
  private rev = 100;
  private position = 1;

  private constructor(
    readonly fake: FakeCounterApi,
    readonly app: RunningApp,
  ) {}

  static async start(more: Record<string, string> = {}): Promise<StreamBench> {
    const { fake, app } = await startTestPair(more);
    return new StreamBench(fake, app);
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.dispose();
    for (const reader of this.readers) reader.vanish();
    await this.drain();
    await this.app.close();
    await this.fake.stop();
  }

  drain(): Promise<void> {
    return this.app.nest.get(EventStreams).drain();
  }

  present(pageId: string): { viewers: number; connections: number } {
    return this.fake.store.presenceOn(pageId);
  }

  metric(name: string): Promise<number> {
    return metricOf(this.app, name);
  }

  /** Reads an address as an EventSource would, unless the headers say otherwise. */
  read(path: string, headers: Record<string, string> = {}): EventReader {
    const reader = new EventReader(`${this.app.url}${path}`, headers);
    this.readers.push(reader);
    return reader;
  }

  /** A stock client; without a viewer it is somebody new with each of its streams. */
  client(viewerId?: string, more: Partial<ClientOptions> & { query?: string } = {}): Client {
    const { query = '', ...options } = more;
    const client = createClient({
      url: `${this.app.url}/graphql/stream${query}`,
      headers: viewerId === undefined ? {} : { 'x-headcount-user': viewerId },
      retryAttempts: 0,
      ...options,
    });
    this.clients.push(client);
    return client;
  }

  viewing(client: Client, pageId: string): Shown {
    const query =
      'subscription ($pageId: ID!) { counter: viewing(pageId: $pageId) { count connections } }';
    return this.subscribe(client, query, { pageId });
  }

  watching(client: Client, pageId: string, name = 'viewers'): Shown {
    const query = `subscription ($pageId: ID!, $name: String) {
      counter: counterChanged(pageId: $pageId, name: $name) { count }
    }`;
    return this.subscribe(client, query, { pageId, name });
  }

  /** A newer value of a counter arrives at the gateway. */
  async push(pageId: string, name: string, count: number): Promise<void> {
    const incarnation: CounterValue['incarnation'] = `${'0'.repeat(11)}100000000`;
    const value = [pageId, name, count, 0, null, incarnation, (this.rev += 1), []] as never;
    const [from, to] = [this.position, (this.position += 1)];
    await this.fake.push({ from, to, values: [value] });
  }

  subscribe(client: Client, query: string, variables: Record<string, unknown> = {}): Shown {
    const counts: number[] = [];
    const errors: unknown[] = [];
    let ended = false;
    const end = client.subscribe<{ counter?: { count: number } }>(
      { query, variables },
      {
        next: ({ data, errors: failed }) => {
          if (failed) errors.push(...failed);
          if (data?.counter) counts.push(data.counter.count);
        },
        error: (cause) => {
          ended = true;
          errors.push(cause);
        },
        complete: () => (ended = true),
      },
    );
    return { counts, errors, ended: () => ended, end };
  }
}
