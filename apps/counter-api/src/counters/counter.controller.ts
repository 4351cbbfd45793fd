import { Body, Controller, Get, Headers, Inject, Param, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CONFIG, Caller, Public, rfc3339, type Subject } from '@headcount/platform';
import { HeadcountError, VIEWERS, orThrow, type CounterValue } from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';
import { counterPage, counterPagePolicy } from '../page/counter-page.js';
import { CountersService } from './counters.service.js';
import { counterRef } from './input.js';
import { CHANGE_DOCS, SHOW_DOCS } from './counter.docs.js';
import { HTML, JSON_TYPE, preferredType } from './media-type.js';
import { writableBy } from './writable.js';

/** What a PUT may ask for. */
const changeRequest = z.object({ action: z.enum(['increment', 'decrement']) });

/** A counter as the original API shows it. */
export interface CounterDocument {
  readonly count: number;
  /** RFC 3339 in whole seconds, or null: never changed, or no longer known. */
  readonly updated_at: string | null;
}

/** Counters over REST, as the original API had them: the counter `viewers` of a page. */
@Controller()
export class CounterController {
  constructor(
    @Inject(CountersService) private readonly counters: CountersService,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
  ) {}

  /** The counter as JSON, or as a page that keeps it live. */
  @Public()
  @Get('/:webpageId/counter')
  @SHOW_DOCS
  async show(
    @Param('webpageId') webpageId: string,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CounterDocument | string> {
    void reply.header('vary', 'accept').header('cache-control', 'no-store');
    const type = preferredType(accept, [JSON_TYPE, HTML]);
    const counter = counterRef(webpageId, VIEWERS);
    const value = await this.counters.read(counter);
    if (type === JSON_TYPE) return documentOf(value);
    const { GATEWAY_LIVE_URL } = this.config;
    void reply
      .type(`${HTML}; charset=utf-8`)
      .header('content-security-policy', counterPagePolicy(GATEWAY_LIVE_URL));
    return counterPage(value, GATEWAY_LIVE_URL);
  }

  /** Raises or lowers the counter by one. */
  @Put('/:webpageId/counter')
  @CHANGE_DOCS
  async change(
    @Param('webpageId') webpageId: string,
    @Headers('accept') accept: string | undefined,
    @Body() body: unknown,
    @Caller() caller: Subject,
  ): Promise<CounterDocument> {
    preferredType(accept, [JSON_TYPE]);
    const counter = writableBy(caller, counterRef(webpageId, VIEWERS));
    const changed = await this.counters.change({
      ...counter,
      amount: amountFrom(body),
      operationId: null,
    });
    return documentOf(orThrow(changed));
  }
}

function amountFrom(body: unknown): 1 | -1 {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new HeadcountError(
      'BAD_REQUEST',
      'The body must be a JSON object such as {"action":"increment"}.',
    );
  }
  const request = changeRequest.safeParse(body);
  if (!request.success) throw new HeadcountError('BAD_ACTION');
  return request.data.action === 'increment' ? 1 : -1;
}

function documentOf({ count, updatedAtMs }: CounterValue): CounterDocument {
  return { count, updated_at: updatedAtMs === null ? null : rfc3339(updatedAtMs) };
}
