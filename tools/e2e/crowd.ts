/** A crowd of viewers that join, move, leave and vanish at random, and the truth of who is where. */
import {
  LiveClient,
  until,
  type LiveSubscription,
  type Random,
  type System,
} from '@headcount/testing';
import { restCount } from './rest-count.js';

/** Resolves after some time, for what is about time itself. */
export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export const PAGES = Array.from({ length: 40 }, (_, number) => `page-${number}`);

/** One socket of a viewer, and the page it is on. */
interface Guest {
  readonly viewerId: string;
  readonly gateway: number;
  client: LiveClient | null;
  subscription: LiveSubscription | null;
  page: string | null;
}

/** How many there are; some viewers have two sockets. */
export interface CrowdSize {
  readonly sockets: number;
  readonly viewers: number;
}

/** How long counts may take to become exact once nothing happens any more: a reaping and two syncs. */
const REST_MS_MAX = 40_000;

export class Crowd {
  /** What has happened, for a test to print. */
  readonly done = { joined: 0, moved: 0, closed: 0, vanished: 0 };
  private readonly guests: readonly Guest[];

  constructor(
    private readonly system: System,
    { sockets, viewers }: CrowdSize,
    private readonly random: Random,
  ) {
    this.guests = Array.from({ length: sockets }, (_, number) => {
      const viewer = number % viewers;
      // As a balancer that hashes on the viewer does: all sockets of one viewer on one gateway.
      const gateway = viewer % system.gateways.length;
      return {
        viewerId: `viewer-${viewer}`,
        gateway,
        client: null,
        subscription: null,
        page: null,
      };
    });
  }

  /** How many sockets are meant to be open. */
  get size(): number {
    return this.open.length;
  }

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

  /** Steps until `isOver`, about 500 a second where the machine can. */
  async rage(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      for (let steps = 0; steps < 5; steps += 1) this.step();
      await pause(10);
    }
  }

  /**
   * Resolves when every REST answer of every counter-api and every open subscriber's last value are true; with the
   * milliseconds that took. Rejects with what is wrong.
   */
  async exact(): Promise<number> {
    const startMs = performance.now();
    const atRest = {
      accept: (wrong: readonly string[]) => wrong.length === 0,
      timeoutMs: REST_MS_MAX,
    };
    await until(() => this.wrongAnswers(), {
      ...atRest,
      what: 'every REST answer to be true',
      everyMs: 200,
    });
    await until(() => this.wrongGuests(), {
      ...atRest,
      what: 'every subscriber to be right',
      everyMs: 200,
    });
    return performance.now() - startMs;
  }

  async close(): Promise<void> {
    await Promise.all(this.guests.map(({ client }) => client?.close()));
  }

  private get open(): Guest[] {
    return this.guests.filter(({ client }) => client !== null);
  }

  /** Distinct viewers on a page; null: anywhere. */
  private truth(page: string | null): number {
    const there = this.open.filter((guest) => page === null || guest.page === page);
    return new Set(there.map(({ viewerId }) => viewerId)).size;
  }

  private async wrongAnswers(): Promise<string[]> {
    const places = this.system.counterApis.keys();
    const wrong = await Promise.all(
      [...places].flatMap((counterApi) =>
        [...PAGES, '@site'].map(async (page) => {
          const seen = await restCount(this.system, page, counterApi);
          const real = this.truth(page === '@site' ? null : page);
          return seen === real
            ? []
            : [`${page} of counter-api ${counterApi}: ${seen}, not ${real}`];
        }),
      ),
    );
    return wrong.flat();
  }

  private wrongGuests(): string[] {
    return this.open.flatMap(({ viewerId, page, subscription }) => {
      const real = this.truth(page);
      const seen = subscription?.last;
      return seen === real ? [] : [`${viewerId} on ${page}: ${seen}, not ${real}`];
    });
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
