/** Clients that add to durable counters: with and without operation ids, once, again, and in two regions. */
import { keyedOperation } from '@headcount/counter-store';
import { VIEWERS, type PageId } from '@headcount/protocol';
import type { Random } from '@headcount/testing';
import { LIKE_PATH, type LikeRequest } from '../api/counter-api.js';
import type { Cluster } from '../cluster.js';
import type { HttpClient } from '../core/http.js';
import { LIKES } from './crowd.js';
import type { Delivery, Ledger, Operation } from './ledger.js';

const AMOUNT_MAX = 1000;
const TRIES_MAX = 4;
const PATIENCE_MS = 6000;
/** Refusals after which an operation is certainly not added by that sending. */
const CERTAIN = ['STORE_UNAVAILABLE', 'OPERATION_IDS_FULL', 'TOO_MANY', 'OUT_OF_RANGE'];
/** Who sends them. They choose the same keys. */
const CALLERS = ['viewer ann', 'service shop'];

export class Likers {
  private readonly random: Random;
  private made = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly pages: readonly PageId[],
    private readonly ledger: Ledger,
  ) {
    this.random = cluster.world.stream('likers');
  }

  /** One addition, drawn. */
  act(): void {
    const regions = this.cluster.regionsInService();
    const draws = Array.from({ length: 6 }, () => this.random());
    const [page = 0, sign = 0, size = 0, keyed = 0, region = 0, both = 0] = draws;
    this.made += 1;
    const amount = Math.ceil(size * AMOUNT_MAX) * (sign < 0.25 ? -1 : 1);
    const likedPage = at(this.pages, page);
    const caller = at(CALLERS, (this.made % CALLERS.length) / CALLERS.length);
    const key = `op${Math.floor(this.made / CALLERS.length)}`;
    const operation: Operation = {
      page: likedPage,
      name: sign > 0.95 ? VIEWERS : LIKES,
      amount: sign > 0.95 ? Math.abs(amount) : amount,
      operationId: keyed < 0.5 ? keyedOperation(caller, likedPage, key).id : null,
      deliveries: [],
    };
    this.ledger.add(operation);
    const first = at(regions, region);
    void this.send(operation, first, TRIES_MAX);
    const other = regions.find((name) => name !== first);
    // By mistake of a balancer, or of a user with two devices.
    if (operation.operationId !== null && other !== undefined && both < 0.3)
      void this.send(operation, other, TRIES_MAX);
  }

  private async send(operation: Operation, region: string, triesLeft: number): Promise<void> {
    const { world } = this.cluster;
    const { page, name, amount, operationId } = operation;
    const delivery: Delivery = {
      region,
      sentMs: world.nowMs,
      settledMs: Infinity,
      outcome: 'unknown',
    };
    operation.deliveries.push(delivery);
    const request: LikeRequest = { pageId: page, name, amount, operationId };
    const answer = await this.clientFor(region).call(LIKE_PATH, request, PATIENCE_MS);
    delivery.settledMs = world.nowMs;
    if (answer.ok) delivery.outcome = 'added';
    else if (answer.error.code === 'REFUSED' && CERTAIN.includes(answer.error.refusal))
      delivery.outcome = 'refused';
    world.note(`${operationId ?? 'no id'} ${amount} at ${region}: ${delivery.outcome}`);
    // Without an id nobody may send it again.
    if (delivery.outcome === 'unknown' && operationId !== null && triesLeft > 1)
      await this.send(operation, region, triesLeft - 1);
  }

  /** A client in the region, for any of its counter-apis. */
  private clientFor(region: string): HttpClient {
    return this.cluster.clientOf(at(this.cluster.apiHosts(region), this.random()), 'client');
  }
}

function at<T>(list: readonly T[], draw: number): T {
  const picked = list[Math.floor(draw * list.length)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}
