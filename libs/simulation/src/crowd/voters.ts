/** Voters who vote, change their minds and take their votes back, in any region, at the same time in two. */
import type { PageId, ViewerId } from '@headcount/protocol';
import type { Random } from '@headcount/testing';
import { VOTE_PATH, type VoteRequest } from '../api/counter-api.js';
import type { Cluster } from '../cluster.js';
import type { Ledger } from './ledger.js';
import { VoteLedger, type Casting, type Register } from './vote-ledger.js';

const TRIES_MAX = 4;
const PATIENCE_MS = 6000;
const CHOICES = [null, '', 'red', 'blue'];
/** Of the wishes, those that are told in two regions at once. */
const BOTH = 0.3;

export class Voters {
  readonly ledger: VoteLedger;
  private readonly random: Random;
  private waiting = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly pages: readonly PageId[],
    private readonly voters: number,
    ledger: Ledger,
  ) {
    this.random = cluster.world.stream('voters');
    this.ledger = new VoteLedger(ledger);
  }

  /** Whether an answer is still to come, after which something more may be sent. */
  get awaitsSomebody(): boolean {
    return this.waiting > 0;
  }

  /** One wish, drawn. */
  act(): void {
    if (this.voters === 0) return;
    const regions = this.cluster.regionsInService();
    const voter = `v${Math.floor(this.random() * this.voters)}` as ViewerId;
    const page = this.pick(this.pages);
    const first = this.pick(regions);
    const both = this.random() < BOTH;
    this.tell(page, voter, first);
    for (const other of both ? regions.filter((name) => name !== first).slice(0, 1) : [])
      this.tell(page, voter, other);
  }

  private tell(page: PageId, voter: ViewerId, region: string): void {
    const choice = this.pick(CHOICES);
    this.waiting += 1;
    void this.send({ pageId: page, voter, choice }, region, TRIES_MAX).then(
      () => (this.waiting -= 1),
    );
  }

  private async send(request: VoteRequest, region: string, triesLeft: number): Promise<void> {
    const { world } = this.cluster;
    const { pageId, voter, choice } = request;
    const casting: Casting = {
      ...{ region, sentMs: world.nowMs, settledMs: Infinity, outcome: 'unknown' },
      ...{ choice, vote: null },
    };
    this.ledger.of(pageId, voter).push(casting);
    const client = this.cluster.clientOf(this.pick(this.cluster.apiHosts(region)), 'voter');
    const answer = await client.call<Register>(VOTE_PATH, request, PATIENCE_MS);
    casting.settledMs = world.nowMs;
    if (answer.ok) [casting.outcome, casting.vote] = ['made', answer.value];
    world.note(`${voter} votes ${choice} on ${pageId} at ${region}: ${casting.outcome}`);
    if (!answer.ok && triesLeft > 1) await this.send(request, region, triesLeft - 1);
  }

  private pick<T>(list: readonly T[]): T {
    const picked = list[Math.floor(this.random() * list.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }
}
