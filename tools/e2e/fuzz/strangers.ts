/** Whoever sends what nobody has asked for, and looks what comes of it. */
import type { Redis } from 'ioredis';
import type { AppProcess } from '@headcount/testing';
import { faultsOf, mayHaveChanged } from './judge.js';
import { faultLines, forgedLines } from './logs.js';
import { send, type RawAnswer, type RawRequest } from './raw-http.js';
import { changedKeys, storedIn, writesOf, type Stored } from './stored.js';

/** Requests between two looks at the logs, of which the apps' handles keep the end only. */
const LOGS_EVERY = 100;

/** Keys that change when a lease ends. */
const LEASES = /:leases$/;

/** How often a refused request may meet the end of a lease in a row. */
const TIMES = 4;

export class Strangers {
  /** How often each method was answered with each status. */
  readonly outcomes = new Map<string, number>();
  private stored: Stored | null = null;
  private writes: string | null = null;
  private sent = 0;

  constructor(
    private readonly redis: Redis,
    private readonly apps: readonly AppProcess[],
  ) {}

  /** Sends it. Throws what is wrong with the answer, with what was changed by a refused request, or with the logs. */
  async ask(url: string, request: RawRequest): Promise<RawAnswer> {
    const { answer, changed } = await this.watched(url, request);
    const faults = faultsOf(request, answer);
    if (changed.length > 0 && !mayHaveChanged(request, answer)) {
      const stays = await this.changesAlways(url, request, changed);
      if (stays)
        faults.push(`${changed.join()} was changed by ${JSON.stringify({ request, answer })}`);
    }
    this.sent += 1;
    if (this.sent % LOGS_EVERY === 0) faults.push(...this.loggedFaults());
    if (faults.length > 0) throw new Error(faults.join('\n'));
    this.note(request, answer);
    return answer;
  }

  /** One after the other. */
  async askAll(url: string, requests: readonly RawRequest[]): Promise<void> {
    for (const request of requests) await this.ask(url, request);
  }

  /** What is wrong with the end of the logs. */
  loggedFaults(): string[] {
    const { apps } = this;
    return apps.flatMap(({ output }) => [...forgedLines(output), ...faultLines(output)]);
  }

  /** How often each method was answered with each status, as one text. */
  told(): string {
    return [...this.outcomes]
      .sort()
      .map(([outcome, times]) => `${outcome}: ${times}`)
      .join(', ');
  }

  /** Sends it, and gives the keys that are other ones afterwards. */
  private async watched(
    url: string,
    request: RawRequest,
  ): Promise<{ readonly answer: RawAnswer; readonly changed: readonly string[] }> {
    const before = (this.stored ??= await storedIn(this.redis));
    const answer = await send(url, request);
    const writes = await writesOf(this.redis);
    if (writes === this.writes) return { answer, changed: [] };
    this.writes = writes;
    this.stored = await storedIn(this.redis);
    return { answer, changed: changedKeys(before, this.stored) };
  }

  /**
   * Whether it was the request that has changed something, and not leases that have ended just then, as they do by themselves:
   * a request that writes leases would write them again.
   */
  private async changesAlways(
    url: string,
    request: RawRequest,
    changed: readonly string[],
  ): Promise<boolean> {
    let again = changed;
    for (let times = 1; times < TIMES && again.some((key) => LEASES.test(key)); times += 1)
      again = (await this.watched(url, request)).changed;
    return again.length > 0;
  }

  private note({ method }: RawRequest, { status }: RawAnswer): void {
    const outcome = `${method} ${status}`;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}
