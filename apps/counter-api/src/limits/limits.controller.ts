import { Body, Controller, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import {
  CONFIG,
  Caller,
  WHOLE_NUMBERS,
  rateLimitFields,
  secondsOf,
  type Subject,
} from '@headcount/platform';
import type { CounterApiConfig } from '../settings.js';
import { allowanceIn, limitKeyOf, takeableBy } from './input.js';
import { ALLOW_DOCS } from './limits.docs.js';
import { LimitsService } from './limits.service.js';

/** What became of a call, as REST shows it. */
export interface AllowanceDocument {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetSeconds: number;
  readonly retryAfterSeconds: number | null;
}

/** Limits of whatever callers want to limit, over REST. */
@Controller()
export class LimitsController {
  constructor(
    @Inject(LimitsService) private readonly limits: LimitsService,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
  ) {}

  @Post('/limits/:key')
  @HttpCode(200)
  @RouteConfig(WHOLE_NUMBERS)
  @ALLOW_DOCS
  async allow(
    @Param('key') rawKey: string,
    @Body() body: unknown,
    @Caller() caller: Subject,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AllowanceDocument> {
    const key = takeableBy(caller, limitKeyOf(rawKey), this.config.AUTH);
    const { cost, ...limit } = allowanceIn(body);
    const allowance = await this.limits.allow(caller, { key, ...limit }, cost);
    void reply
      .header('cache-control', 'no-store')
      .headers(rateLimitFields([{ name: 'default', ...limit, allowance }], reply.getHeaders()));
    const { isAllowed, remaining, resetMs, retryMs } = allowance;
    return {
      allowed: isAllowed,
      remaining,
      resetSeconds: secondsOf(resetMs),
      retryAfterSeconds: retryMs === null ? null : secondsOf(retryMs),
    };
  }
}
