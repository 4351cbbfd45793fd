import { Body, Controller, Get, Inject, Param, Put, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SetEntry } from '@headcount/counter-store';
import { Caller, WHOLE_NUMBERS, rfc3339, type Subject } from '@headcount/platform';
import { documentOf, type CounterDocument } from '../counters/counter-document.js';
import { counterRef } from '../counters/input.js';
import { operationKeyIn } from '../counters/request-headers.js';
import { setIn } from './input.js';
import { LIST_SETS_DOCS, SET_DOCS } from './repair.docs.js';
import { RepairService } from './repair.service.js';

/** A counter after it was set. */
type SetDocument = CounterDocument & { readonly before: number | null };

/** One set of a counter, as REST shows it. */
interface SetEntryDocument extends Pick<SetEntry, 'by' | 'before' | 'after' | 'reason' | 'key'> {
  readonly at: string;
}

/** Setting counters over REST; for operators. */
@Controller()
export class RepairController {
  constructor(@Inject(RepairService) private readonly repairs: RepairService) {}

  /** Gives a counter a value, once for each Idempotency-Key. */
  @Put('/:webpageId/counters/:name/value')
  @RouteConfig(WHOLE_NUMBERS)
  @SET_DOCS
  async set(
    @Param('webpageId') webpageId: string,
    @Param('name') name: string,
    @Body() body: unknown,
    @Caller() caller: Subject,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SetDocument> {
    const header = headers['idempotency-key'];
    const key = typeof header === 'string' ? operationKeyIn(header) : null;
    const asked = { ...counterRef(webpageId, name), ...setIn(body), key };
    const { value, before, replayed } = await this.repairs.set(asked, caller);
    if (replayed) void reply.header('idempotency-replayed', 'true');
    return { ...documentOf(value), before };
  }

  /** What was set of it. */
  @Get('/:webpageId/counters/:name/sets')
  @LIST_SETS_DOCS
  async list(
    @Param('webpageId') webpageId: string,
    @Param('name') name: string,
    @Caller() caller: Subject,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly sets: readonly SetEntryDocument[] }> {
    void reply.header('cache-control', 'no-store');
    const sets = await this.repairs.setsOf(counterRef(webpageId, name), caller);
    return { sets: sets.map(entryOf) };
  }
}

function entryOf({ atMs, by, before, after, reason, key }: SetEntry): SetEntryDocument {
  return { at: rfc3339(atMs), by, before, after, reason, key };
}
