import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { durabilityText, type DurabilityChoice } from '@headcount/counter-store';
import {
  Authenticator,
  NotModified,
  addressKey,
  callerKeyOf,
  demandPreconditions,
  preconditionsIn,
  verdictOn,
  type Preconditions,
  type Subject,
} from '@headcount/platform';
import { HeadcountError, orThrow } from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';
import type { PermittedChange } from './change-rights.js';
import { documentOf, etagOf, wantedIn, type CounterDocument } from './counter-document.js';
import { CounterWaits } from './counter-waits.js';
import { CountersService } from './counters.service.js';
import { operationOf } from './input.js';
import { operationKeyIn, waitSecondsIn } from './request-headers.js';

/** Answers to requests for a counter over REST, and what their headers say. */
@Injectable()
export class CounterAnswers {
  constructor(
    @Inject(CountersService) private readonly counters: CountersService,
    @Inject(CounterWaits) private readonly waits: CounterWaits,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
  ) {}

  /**
   * The counter's document with its ETag, or nothing and 304 where the caller has it and it does not change for as long as
   * the caller would wait.
   */
  async shown(
    counter: CounterRef,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<CounterDocument | undefined> {
    const asked = preconditionsIn(request.headers, request.method);
    let value = await this.counters.read(counter);
    let etag = etagOf(value);
    void reply.header('cache-control', 'no-cache');
    if (asked !== null && isShown(asked, request.method, etag)) {
      void reply.header('etag', etag);
      const later = await this.waited(counter, etag, request, reply);
      if (later === null) throw new NotModified();
      value = later;
      etag = etagOf(value);
    }
    void reply.header('etag', etag);
    return documentOf(value);
  }

  /** Makes a change, once for each Idempotency-Key of the caller. */
  async changed(
    change: PermittedChange,
    durability: DurabilityChoice | null,
    caller: Subject,
    { headers, method }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<CounterDocument> {
    const header = headers['idempotency-key'];
    const key = typeof header === 'string' ? operationKeyIn(header) : null;
    const operation = operationOf(caller, change, key);
    const wanted = wantedIn(preconditionsIn(headers, method));
    const changed = await this.counters.change({ ...change, operation, durability, wanted });
    const { value, replayed } = orThrow(changed);
    if (replayed) void reply.header('idempotency-replayed', 'true');
    if (durability !== null) void reply.header('headcount-durability', durabilityText(durability));
    return documentOf(value);
  }

  /**
   * Judges what a change was made conditional on that does not judge it together with the change: what the counter shows may be
   * another thing by then. Throws HeadcountError PRECONDITION_FAILED.
   */
  async demandShown(counter: CounterRef, { headers, method }: FastifyRequest): Promise<void> {
    const asked = preconditionsIn(headers, method);
    if (asked === null) return;
    demandPreconditions(asked, method, etagOf(await this.counters.read(counter)));
  }

  /** What the counter shows next, if the caller would wait for that and may. */
  private async waited(
    counter: CounterRef,
    etag: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Awaited<ReturnType<CounterWaits['next']>>> {
    const { prefer } = request.headers;
    const seconds = typeof prefer === 'string' ? waitSecondsIn(prefer) : null;
    if (seconds === null) return null;
    const caller = await this.waiterOf(request);
    if (!this.waits.isOpenTo(caller)) return null;
    void reply.header('preference-applied', `wait=${seconds}`);
    const onClose = (end: () => void): void => {
      const { socket } = request.raw;
      // Who has gone while the counter was read closes nothing any more.
      if (reply.raw.destroyed || socket.readableEnded) return end();
      // Who has shut its side is answered now: nothing tells whether it still listens or has gone.
      socket.once('end', end);
      reply.raw.once('close', () => {
        socket.off('end', end);
        end();
      });
    };
    return this.waits.next(counter, etag, { caller, ms: seconds * 1000, onClose });
  }

  /** Whose wait it is: the caller's, or where it shows no good token that of its address. */
  private async waiterOf({ headers, ip }: FastifyRequest): Promise<string> {
    const subject = await this.authenticator.ofRequest(headers);
    return (subject.ok ? callerKeyOf(subject.value) : null) ?? `address ${addressKey(ip)}`;
  }
}

/** Whether the caller has what is shown. Throws HeadcountError PRECONDITION_FAILED where it would have something else. */
function isShown(asked: Preconditions, method: string, etag: string): boolean {
  const verdict = verdictOn(asked, method, etag);
  if (verdict === 'failed') throw new HeadcountError('PRECONDITION_FAILED');
  return verdict === 'not modified';
}

/** For what has no entity tag. Throws NotModified or HeadcountError PRECONDITION_FAILED. */
export function demandNoEtag({ headers, method }: FastifyRequest): void {
  const asked = preconditionsIn(headers, method);
  if (asked !== null) demandPreconditions(asked, method, null);
}
