import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PublicRead, ReadGrants, type Grants } from '@headcount/platform';
import { trendingAsk, type PageGain, type TrendingAsk } from '@headcount/protocol';
import { TRENDING_DOCS } from './trending.docs.js';
import { TrendingService } from './trending.service.js';

/** Trending pages as REST shows them. */
export interface TrendingDocument {
  /** The window that was asked for, rounded up. */
  readonly window_seconds: number;
  readonly pages: readonly { readonly page_id: string; readonly gain: number }[];
}

/** Parameters as they come: a text each, or several. */
type Parameters = Readonly<Record<string, string | string[] | undefined>>;

/** Trending pages over REST. */
@Controller()
export class TrendingController {
  constructor(@Inject(TrendingService) private readonly service: TrendingService) {}

  @PublicRead()
  @Get('/trending')
  @TRENDING_DOCS
  async show(
    @Query() { first, windowSeconds, name }: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
    @ReadGrants() grants: Grants,
  ): Promise<TrendingDocument> {
    void reply.header('cache-control', 'no-store');
    const ask = trendingAsk({
      first: wholeNumber(first),
      windowSeconds: wholeNumber(windowSeconds),
      name,
    });
    return documentOf(ask, await this.service.topFor(grants, ask));
  }
}

/** NaN: it is there and none. */
function wholeNumber(raw: string | string[] | undefined): number | undefined {
  if (raw === undefined) return undefined;
  return typeof raw === 'string' && /^\d+$/.test(raw) ? Number(raw) : NaN;
}

function documentOf({ windowSeconds }: TrendingAsk, pages: readonly PageGain[]): TrendingDocument {
  return {
    window_seconds: windowSeconds,
    pages: pages.map(({ pageId, gain }) => ({ page_id: pageId, gain })),
  };
}
