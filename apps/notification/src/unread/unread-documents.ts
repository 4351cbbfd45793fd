import { Inject, Injectable } from '@nestjs/common';
import { partOf, rfc3339, type PartArgs } from '@headcount/platform';
import type { PageUnreadValue, UnreadValue, ViewerId } from '@headcount/protocol';
import { HistoryService } from '../history/history.service.js';
import { listOf, type ListDocument } from '../rest/list.js';
import { UnreadService } from './unread.service.js';

/** What is unread, as REST shows it. */
export interface UnreadDocument {
  readonly total: number;
  readonly cursor: string;
  readonly pages: ListDocument<object>;
}

/** Makes them. */
@Injectable()
export class UnreadDocuments {
  constructor(
    @Inject(UnreadService) private readonly service: UnreadService,
    @Inject(HistoryService) private readonly history: HistoryService,
  ) {}

  async of(
    userId: ViewerId,
    { total, pages }: UnreadValue,
    part: PartArgs,
  ): Promise<UnreadDocument> {
    const { cursors } = this.service;
    const found = partOf(pages, ({ modifiedAtMs: at, pageId }) => ({ at, id: pageId }), part);
    const titles = await Promise.all(
      found.edges.map(({ node }) => this.history.lastTitle(node.pageId)),
    );
    const titleOf = new Map(found.edges.map(({ node }, at) => [node.pageId, titles[at] ?? null]));
    const show = (page: PageUnreadValue): object => ({
      pageId: page.pageId,
      count: page.count,
      lastModifiedAt: rfc3339(page.modifiedAtMs),
      lastTitle: titleOf.get(page.pageId) ?? null,
      cursor: cursors.ofPage(userId, page),
    });
    return { total, cursor: cursors.ofAll(userId, pages), pages: listOf(found, show) };
  }
}
