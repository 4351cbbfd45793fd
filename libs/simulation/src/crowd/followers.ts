/** Users who follow pages, and a CMS that modifies them: events once, again, in two regions, and with their actors. */
import type { OperationId, PageId, ViewerId } from '@headcount/protocol';
import type { Random } from '@headcount/testing';
import {
  FOLLOW_PATH,
  MODIFY_PATH,
  UNREAD_PATH,
  type FollowAnswered,
  type FollowRequest,
  type Modified,
  type UnreadAnswered,
} from '../api/notifier.js';
import type { Cluster } from '../cluster.js';
import type { HttpClient } from '../core/http.js';
import {
  FollowLedger,
  type Following,
  type Reading,
  type Siding,
  type Telling,
} from './follow-ledger.js';
import type { Ledger } from './ledger.js';

const TRIES_MAX = 4;
const PATIENCE_MS = 6000;
/** Refusals after which an event is certainly not counted by that telling. */
const CERTAIN = ['STORE_UNAVAILABLE', 'OPERATION_IDS_FULL', 'OUT_OF_RANGE'];
/** Of the changes of sides, those that end a following. */
const UNFOLLOWS = 0.3;

export class Followers {
  readonly users: readonly ViewerId[];
  readonly ledger: FollowLedger;
  private readonly random: Random;
  private readonly siding = new Set<Following>();
  private told = 0;
  private waiting = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly pages: readonly PageId[],
    users: number,
    ledger: Ledger,
  ) {
    this.random = cluster.world.stream('followers');
    this.users = Array.from({ length: users }, (_, at) => `u${at}` as ViewerId);
    this.ledger = new FollowLedger(ledger);
  }

  /** Whether an answer is still to come, after which something more may be sent. */
  get awaitsSomebody(): boolean {
    return this.waiting > 0;
  }

  /** One act, drawn. */
  act(): void {
    if (this.users.length === 0) return;
    const draw = this.random();
    if (draw < 0.2) this.changeSides();
    else if (draw < 0.45) void this.awaited(this.read());
    else this.modify();
  }

  private changeSides(): void {
    const [user, page] = [this.pick(this.users), this.pick(this.pages)];
    const homes = this.cluster.topology.regions;
    const home = homes[this.users.indexOf(user) % homes.length] ?? '';
    const ends = this.random() < UNFOLLOWS;
    if (!this.cluster.regionsInService().includes(home)) return;
    const key = `${user} ${page}`;
    const known = this.ledger.followings.get(key);
    const following = known ?? { user, page, home, sidings: [], readings: [] };
    const last = following.sidings[following.sidings.length - 1];
    const kind = last?.kind === 'follow' ? 'unfollow' : 'follow';
    if (this.siding.has(following) || (kind === 'unfollow' && !ends)) return;
    this.ledger.followings.set(key, following);
    this.siding.add(following);
    const siding: Siding = { ...this.sending(home), kind, made: null };
    following.sidings.push(siding);
    void this.awaited(this.side(following, siding, TRIES_MAX)).then(() =>
      this.siding.delete(following),
    );
  }

  /** Again and again until it is known to be made. */
  private async side(following: Following, siding: Siding, triesLeft: number): Promise<void> {
    const { user, page, home } = following;
    const request: FollowRequest = {
      ...{ userId: user as ViewerId, pageId: page as PageId, kind: siding.kind, read: [] },
    };
    const answer = await this.clientFor(home).call<FollowAnswered>(
      ...[FOLLOW_PATH, request, PATIENCE_MS],
    );
    siding.settledMs = this.cluster.world.nowMs;
    if (answer.ok) {
      siding.outcome = 'made';
      // Where it was made by an earlier try, that had read something else.
      if (answer.value.outcome === 'changed') siding.made = new Map(answer.value.made);
    } else if (triesLeft > 1) await this.side(following, siding, triesLeft - 1);
  }

  /** Asks in one region what is unread, and marks it in one that may be another. */
  private async read(): Promise<void> {
    const [userId, asked, marked] = [this.pick(this.users), this.anyRegion(), this.anyRegion()];
    const draw = this.random();
    const shown = await this.clientFor(asked).call<UnreadAnswered>(
      ...[UNREAD_PATH, { userId }, PATIENCE_MS],
    );
    if (!shown.ok || shown.value.pages.length === 0) return;
    const [pageId, , read] = pickBy(shown.value.pages, draw);
    const following = this.ledger.followings.get(`${userId} ${pageId}`);
    if (!following) return;
    const reading: Reading = { ...this.sending(marked), read: new Map(read) };
    following.readings.push(reading);
    const request: FollowRequest = { userId, pageId, kind: 'mark', read };
    const answer = await this.clientFor(marked).call<FollowAnswered>(
      ...[FOLLOW_PATH, request, PATIENCE_MS],
    );
    reading.settledMs = this.cluster.world.nowMs;
    if (answer.ok) reading.outcome = answer.value.outcome === 'NOT_FOLLOWED' ? 'none' : 'made';
  }

  private modify(): void {
    const [pageId, first, actor] = [this.pick(this.pages), this.anyRegion(), this.random()];
    this.told += 1;
    const eventId = `event${this.told}` as OperationId;
    const by = actor < 0.2 ? this.pick(this.users) : null;
    void this.awaited(this.tell(pageId, eventId, by, first, TRIES_MAX));
    const other = this.anyRegion();
    if (other !== first && this.random() < 0.4)
      void this.awaited(this.tell(pageId, eventId, by, other, TRIES_MAX));
  }

  private async tell(
    pageId: PageId,
    eventId: OperationId,
    actor: ViewerId | null,
    region: string,
    triesLeft: number,
  ): Promise<void> {
    const telling: Telling = { ...this.sending(region), place: null };
    this.ledger.tellings(pageId, eventId).push(telling);
    const answer = await this.clientFor(region).call<Modified>(
      ...[MODIFY_PATH, { pageId, eventId, actor }, PATIENCE_MS],
    );
    const { world } = this.cluster;
    telling.settledMs = world.nowMs;
    if (answer.ok) [telling.outcome, telling.place] = ['made', answer.value.place];
    else if (answer.error.code === 'REFUSED' && CERTAIN.includes(answer.error.refusal))
      telling.outcome = 'none';
    // Whoever has begun to follow meanwhile may have been there for the mark.
    const following = actor === null ? undefined : this.ledger.followings.get(`${actor} ${pageId}`);
    if (following) following.readings.push(byActor(telling, answer.ok ? answer.value : null));
    world.note(`${eventId} of ${pageId} at ${region}: ${telling.outcome}`);
    if (telling.outcome === 'unknown' && triesLeft > 1)
      await this.tell(pageId, eventId, actor, region, triesLeft - 1);
  }

  private async awaited(act: Promise<void>): Promise<void> {
    this.waiting += 1;
    await act;
    this.waiting -= 1;
  }

  private sending(region: string) {
    const sentMs = this.cluster.world.nowMs;
    return { region, sentMs, settledMs: Infinity, outcome: 'unknown' as const };
  }

  private anyRegion(): string {
    return this.pick(this.cluster.regionsInService());
  }

  private pick<T>(list: readonly T[]): T {
    return pickBy(list, this.random());
  }

  private clientFor(region: string): HttpClient {
    return this.cluster.clientOf(this.pick(this.cluster.apiHosts(region)), 'follower');
  }
}

function pickBy<T>(list: readonly T[], draw: number): T {
  const picked = list[Math.floor(draw * list.length)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

/** What a modification has its actor read: up to itself, of the writer that has counted it; anything where that is not known. */
function byActor(telling: Telling, modified: Modified | null): Reading {
  const { region, sentMs, settledMs, outcome } = telling;
  const sending = { region, sentMs, settledMs };
  if (outcome === 'none') return { ...sending, outcome, read: new Map() };
  if (modified === null) return { ...sending, outcome: 'unknown', read: null };
  const { place, marked } = modified;
  const isMarked = place !== null && (marked === 'changed' || marked === 'same');
  if (!isMarked) return { ...sending, outcome: 'none', read: new Map() };
  return { ...sending, outcome: 'made', read: new Map([[place.writer, place.position]]) };
}
