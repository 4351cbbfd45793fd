import { Body, Controller, Get, Inject, Param, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  CONFIG,
  Caller,
  HttpRules,
  PAGE_HEADERS,
  PublicRead,
  ReadGrants,
  preferredType,
  type Grants,
  type Subject,
} from '@headcount/platform';
import { VIEWERS } from '@headcount/protocol';
import { LeaseRequests, isLeaseBody } from '../leases/lease-requests.js';
import type { CounterApiConfig } from '../settings.js';
import { counterPage, counterPagePolicy } from '../page/counter-page.js';
import { ChangeRights } from './change-rights.js';
import { stepIn } from './change-body.js';
import { CounterAnswers, demandNoEtag } from './counter-answers.js';
import { documentOf, type CounterDocument } from './counter-document.js';
import { CountersService } from './counters.service.js';
import { counterRef, readableRef } from './input.js';
import { CHANGE_DOCS, SHOW_DOCS } from './counter.docs.js';
import { HTML, JSON_TYPE, VARY } from './media-type.js';

/** Counters over REST, as the original API had them: the counter `viewers` of a page. */
@Controller()
export class CounterController {
  constructor(
    @Inject(CountersService) private readonly counters: CountersService,
    @Inject(CounterAnswers) private readonly answers: CounterAnswers,
    @Inject(LeaseRequests) private readonly leases: LeaseRequests,
    @Inject(ChangeRights) private readonly rights: ChangeRights,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
  ) {}

  /** The counter as JSON, or as a page that keeps it live. */
  @PublicRead()
  @Get('/:webpageId/counter')
  @HttpRules({ types: [JSON_TYPE, HTML], hasEtag: true })
  @SHOW_DOCS
  async show(
    @Param('webpageId') webpageId: string,
    @ReadGrants() grants: Grants,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CounterDocument | string | undefined> {
    void reply.header('vary', VARY).header('cache-control', 'no-store');
    const type = preferredType(request.headers.accept, [JSON_TYPE, HTML]);
    const counter = readableRef(grants, webpageId, VIEWERS);
    if (type === JSON_TYPE) return this.answers.shown(counter, request, reply);
    demandNoEtag(request);
    const value = await this.counters.read(counter);
    const { GATEWAY_LIVE_URL } = this.config;
    void reply
      .type(`${HTML}; charset=utf-8`)
      .headers(PAGE_HEADERS)
      .header('content-security-policy', counterPagePolicy(GATEWAY_LIVE_URL));
    return counterPage(value, GATEWAY_LIVE_URL);
  }

  /** Raises or lowers the counter by one, or, where a viewer is named, begins or ends its lease. */
  @Put('/:webpageId/counter')
  @HttpRules({ hasEtag: true })
  @CHANGE_DOCS
  async change(
    @Param('webpageId') webpageId: string,
    @Body() body: unknown,
    @Caller() caller: Subject,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CounterDocument> {
    const counter = counterRef(webpageId, VIEWERS);
    if (isLeaseBody(body)) {
      await this.answers.demandShown(counter, request);
      return documentOf(await this.leases.change(webpageId, body, caller));
    }
    const amount = stepIn(body);
    const change = this.rights.change(caller, counter, amount);
    return this.answers.changed(change, null, caller, request, reply);
  }
}
