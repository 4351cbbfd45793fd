import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { Caller, rfc3339, type Subject } from '@headcount/platform';
import { pageIdOf } from '../modifications/input.js';
import { partIn } from '../rest/bodies.js';
import { HISTORY_DOCS } from '../rest/docs.js';
import { listOf, type ListDocument } from '../rest/list.js';
import { HistoryService } from './history.service.js';

/** Histories over REST. */
@Controller()
export class HistoryController {
  constructor(@Inject(HistoryService) private readonly service: HistoryService) {}

  @Get('/pages/:pageId/history')
  @HISTORY_DOCS
  async history(
    @Param('pageId') pageId: string,
    @Query('first') first: string | undefined,
    @Query('after') after: string | undefined,
    @Caller() caller: Subject,
  ): Promise<ListDocument<object>> {
    const entries = await this.service.of(caller, pageIdOf(pageId), partIn(first, after));
    return listOf(entries, ({ eventId, atMs, title, url, actor }) => ({
      ...{ eventId, at: rfc3339(atMs), title, url, actor },
    }));
  }
}
