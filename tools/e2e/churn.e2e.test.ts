/**
 * Goal    after a storm every open subscriber's last value and every REST answer equal the true number of distinct
 *         viewers (issue "the whole chain", 6).
 * Method  two counter-apis and two gateways; 2,000 sockets join, leave, move and vanish at random for 20 seconds, while
 *         both counter-apis are killed and started again. The truth is kept by the test, which knows who is where.
 */
import {
  LiveClient,
  seededRandom,
  startSystem,
  until,
  type LiveSubscription,
  type System,
} from '@headcount/testing';
import { restCount } from './rest-count.js';

const SOCKETS = 2000;
const VIEWERS = 1500;
const STORM_MS = 20_000;
const PAGES = Array.from({ length: 40 }, (_, number) => `page-${number}`);
const SEED = 42;

/** One socket of a viewer, and the page it is on. */
interface Guest {
  readonly viewerId: string;
  readonly gateway: number;
  client: LiveClient | null;
  subscription: LiveSubscription | null;
  page: string | null;
}

class Crowd {
  readonly done = { joined: 0, moved: 0, closed: 0, vanished: 0 };
  private readonly random = seededRandom(SEED);
  readonly guests: Guest[] = Array.from({ length: SOCKETS }, (_, number) => {
    const viewer = number % VIEWERS;
    // As a balancer that hashes on the viewer does: all sockets of one viewer on one gateway.
    return {
      viewerId: `viewer-${viewer}`,
      gateway: viewer % 2,
      client: null,
      subscription: null,
      page: null,
    };
  });

  constructor(private readonly system: System) {}

  /** Everyone who is not there joins. */
  async fill(): Promise<void> {
    for (const [number, guest] of this.guests.entries()) {
      if (guest.client === null) this.join(guest);
      if (number % 50 === 0) await pause(20);
    }
  }

  /** One random step of one guest. */
  step(): void {
    const guest = this.guests[Math.floor(this.random() * this.guests.length)];
    if (!guest) return;
    const chance = this.random();
    if (guest.client === null) this.join(guest);
    else if (chance < 0.6) this.move(guest);
    else this.leave(guest, chance < 0.8);
  }

  /** Distinct viewers on a page, or anywhere. */
  truth(page: string | null): number {
    const there = this.guests.filter(
      (guest) => guest.page !== null && (page === null || guest.page === page),
    );
    return new Set(there.map(({ viewerId }) => viewerId)).size;
  }

  get open(): Guest[] {
    return this.guests.filter(({ client }) => client !== null);
  }

  async close(): Promise<void> {
    await Promise.all(this.guests.map(({ client }) => client?.close()));
  }

  private pickPage(): string {
    // A fifth of them on the first page, so that one is hot.
    const place = this.random() < 0.2 ? 0 : Math.floor(this.random() * PAGES.length);
    return PAGES[place] ?? 'page-0';
  }

  private join(guest: Guest): void {
    this.done.joined += 1;
    guest.client = new LiveClient(this.system.liveUrl(guest.gateway), { viewerId: guest.viewerId });
    guest.page = this.pickPage();
    guest.subscription = guest.client.viewing(guest.page);
  }

  private move(guest: Guest): void {
    this.done.moved += 1;
    const before = guest.subscription;
    guest.page = this.pickPage();
    guest.subscription = guest.client?.viewing(guest.page) ?? null;
    before?.complete();
  }

  private leave(guest: Guest, vanishes: boolean): void {
    const { client } = guest;
    [guest.client, guest.subscription, guest.page] = [null, null, null];
    if (vanishes) {
      this.done.vanished += 1;
      client?.terminate();
    } else this.done.closed += 1;
    void client?.close();
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

describe('a storm', () => {
  it('leaves every count exact', async () => {
    const system = await startSystem({ counterApis: 2, gateways: 2 });
    const crowd = new Crowd(system);
    await crowd.fill();
    const endMs = performance.now() + STORM_MS;
    const kills = (async () => {
      for (const counterApi of system.counterApis) {
        await pause(STORM_MS / 4);
        await counterApi.end('SIGKILL');
        await pause(1000);
        await counterApi.restart();
      }
    })();
    while (performance.now() < endMs) {
      for (let steps = 0; steps < 5; steps += 1) crowd.step();
      await pause(10);
    }
    await kills;
    process.stdout.write(
      `seed ${SEED}, sockets open at the end ${crowd.open.length}, ${JSON.stringify(crowd.done)}\n`,
    );
    const stormEndMs = performance.now();

    const wrongPages = async (): Promise<string[]> => {
      const wrong = await Promise.all(
        [...PAGES, '@site'].flatMap((page) =>
          [0, 1].map(async (counterApi) => {
            const [seen, true_] = [
              await restCount(system, page, counterApi),
              crowd.truth(page === '@site' ? null : page),
            ];
            return seen === true_ ? [] : [`${page}@${counterApi}: ${seen}, not ${true_}`];
          }),
        ),
      );
      return wrong.flat();
    };
    const wrongGuests = (): string[] =>
      crowd.open.flatMap(({ viewerId, page, subscription }) => {
        const true_ = crowd.truth(page);
        return subscription?.last === true_
          ? []
          : [`${viewerId} on ${page}: ${subscription?.last}, not ${true_}`];
      });
    await until(wrongPages, {
      what: 'every REST answer to be true',
      accept: (wrong) => wrong.length === 0,
      timeoutMs: 40_000,
      everyMs: 200,
    });
    await until(wrongGuests, {
      what: 'every subscriber to be right',
      accept: (wrong) => wrong.length === 0,
      timeoutMs: 40_000,
      everyMs: 200,
    });
    process.stdout.write(
      `storm's end to exact: ${((performance.now() - stormEndMs) / 1000).toFixed(1)} s\n`,
    );
    expect(crowd.open.length).toBeGreaterThan(SOCKETS / 4);
    await crowd.close();
    await system.stop();
  }, 180_000);
});
