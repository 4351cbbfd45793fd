/** An operator who sets likes of pages, to values so large that after a few the totals of a region have no room left. */
import type { PageId } from '@headcount/protocol';
import type { Random } from '@headcount/testing';
import { SET_PATH, type SetAnswer, type SetRequest } from '../api/repairs.js';
import type { Cluster } from '../cluster.js';
import { LIKES } from './crowd.js';
import type { Delivery, Ledger, SetOperation } from './ledger.js';

const TRIES_MAX = 4;
const PATIENCE_MS = 6000;
/** Three of them one after the other, up and down, are above 2^52; what two regions set at once is below 2^53. */
const LARGE = 2e15;
/** More could come to more than 2^53 while they are parted. */
const REGIONS_MAX = 2;

export class Operators {
  private readonly random: Random;
  private made = 0;
  private waiting = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly pages: readonly PageId[],
    private readonly ledger: Ledger,
  ) {
    this.random = cluster.world.stream('operators');
  }

  /** Whether an answer is still to come, after which something more may be sent. */
  get awaitsSomebody(): boolean {
    return this.waiting > 0;
  }

  /** One set, drawn; most are of one page, so that it runs out of room. */
  act(): void {
    const [page, size, sign, region] = [this.random(), this.random(), this.random(), this.random()];
    const regions = this.cluster.regionsInService().slice(0, REGIONS_MAX);
    const [first] = this.pages;
    this.made += 1;
    const value = Math.ceil(size * 1000) + (sign < 0.8 ? (sign < 0.4 ? LARGE : -LARGE) : 0);
    const operation: SetOperation = {
      page: page < 0.7 && first !== undefined ? first : pick(this.pages, this.random()),
      name: LIKES,
      value,
      before: null,
      operationId: `set${this.made}`,
      deliveries: [],
    };
    this.ledger.addSet(operation);
    this.waiting += 1;
    void this.send(operation, pick(regions, region), TRIES_MAX).then(() => (this.waiting -= 1));
  }

  private async send(operation: SetOperation, region: string, triesLeft: number): Promise<void> {
    const { world } = this.cluster;
    const { page: pageId, name, value, operationId } = operation;
    const delivery: Delivery = {
      ...{ region, sentMs: world.nowMs, settledMs: Infinity, outcome: 'unknown' },
    };
    operation.deliveries.push(delivery);
    const host = pick(this.cluster.apiHosts(region), this.random());
    const request: SetRequest = { pageId, name, value, operationId };
    const client = this.cluster.clientOf(host, 'operator');
    const answer = await client.call<SetAnswer>(SET_PATH, request, PATIENCE_MS);
    delivery.settledMs = world.nowMs;
    if (answer.ok) [delivery.outcome, operation.before] = ['added', answer.value.before];
    world.note(`${operationId} sets ${value} at ${region}: ${delivery.outcome}`);
    if (!answer.ok && triesLeft > 1) await this.send(operation, region, triesLeft - 1);
  }
}

function pick<T>(list: readonly T[], draw: number): T {
  const picked = list[Math.floor(draw * list.length)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}
