import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PublicRead, ReadGrants, rfc3339, type Grants } from '@headcount/platform';
import { readableRef } from '../counters/input.js';
import { seriesAsk, wholeNumber, windowAsk } from './window-ask.js';
import { SERIES_DOCS, WINDOW_DOCS } from './window.docs.js';
import { WindowsService, perSecond } from './windows.service.js';

/** A window as REST shows it. Times are RFC 3339 in whole seconds. */
export interface WindowDocument {
  readonly sum: number;
  readonly per_second: number;
  readonly from: string;
  readonly to: string;
}

/** A series as REST shows it. */
export interface SeriesDocument {
  readonly slots: readonly { readonly starts_at: string; readonly count: number }[];
}

/** Parameters as they come: a text each, or several. */
type Parameters = Readonly<Record<string, string | string[] | undefined>>;

/** Windows over REST. */
@Controller()
export class WindowController {
  constructor(@Inject(WindowsService) private readonly service: WindowsService) {}

  @PublicRead()
  @Get('/:webpageId/counters/:name/window')
  @WINDOW_DOCS
  async window(
    @Param('webpageId') webpageId: string,
    @Param('name') name: string,
    @Query() { seconds }: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
    @ReadGrants() grants: Grants,
  ): Promise<WindowDocument> {
    void reply.header('cache-control', 'no-store');
    const counter = readableRef(grants, webpageId, name);
    const window = await this.service.window(counter, windowAsk(wholeNumber(seconds)));
    const { sum, fromMs, toMs } = window;
    return { sum, per_second: perSecond(window), from: rfc3339(fromMs), to: rfc3339(toMs) };
  }

  @PublicRead()
  @Get('/:webpageId/counters/:name/series')
  @SERIES_DOCS
  async series(
    @Param('webpageId') webpageId: string,
    @Param('name') name: string,
    @Query() { per, last }: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
    @ReadGrants() grants: Grants,
  ): Promise<SeriesDocument> {
    void reply.header('cache-control', 'no-store');
    const ask = seriesAsk(per ?? 'minute', wholeNumber(last));
    const gains = await this.service.series(readableRef(grants, webpageId, name), ask);
    return {
      slots: gains.map(({ startsAtMs, count }) => ({ starts_at: rfc3339(startsAtMs), count })),
    };
  }
}
