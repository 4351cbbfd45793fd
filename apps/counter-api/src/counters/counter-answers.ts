import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { durabilityText, type DurabilityChoice } from '@headcount/counter-store';
import { Authenticator, addressKey, callerKeyOf, type Subject } from '@headcount/platform';
import { orThrow } from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';
import type { PermittedChange } from './change-rights.js';
import { documentOf, etagOf, isKnown, type CounterDocument } from './counter-document.js';
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
    const known = request.headers['if-none-match'];
    let value = await this.counters.read(counter);
    let etag = etagOf(value);
    void reply.header('cache-control', 'no-cache');
    if (known !== undefined && isKnown(known, etag)) {
      const later = await this.waited(counter, etag, request, reply);
      if (later === null) {
        void reply.code(304).header('etag', etag);
        return undefined;
      }
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
    { headers }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<CounterDocument> {
    const header = headers['idempotency-key'];
    const key = typeof header === 'string' ? operationKeyIn(header) : null;
    const operation = operationOf(caller, change, key);
    const changed = await this.counters.change({ ...change, operation, durability });
    const { value, replayed } = orThrow(changed);
    if (replayed) void reply.header('idempotency-replayed', 'true');
    if (durability !== null) void reply.header('headcount-durability', durabilityText(durability));
    return documentOf(value);
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
      // Who has gone while the counter was read closes nothing any more.
      if (reply.raw.destroyed) end();
      else reply.raw.once('close', end);
    };
    return this.waits.next(counter, etag, { caller, ms: seconds * 1000, onClose });
  }

  /** Whose wait it is: the caller's, or where it shows no good token that of its address. */
  private async waiterOf({ headers, ip }: FastifyRequest): Promise<string> {
    const subject = await this.authenticator.ofRequest(headers);
    return (subject.ok ? callerKeyOf(subject.value) : null) ?? `address ${addressKey(ip)}`;
  }
}
