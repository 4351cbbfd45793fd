import { Inject, Injectable } from '@nestjs/common';
import { rfc3339, type PageUnread, type PartArgs } from '@headcount/platform';
import type { UnreadValue, ViewerId } from '@headcount/protocol';
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
  constructor(@Inject(UnreadService) private readonly service: UnreadService) {}

  async of(userId: ViewerId, value: UnreadValue, part: PartArgs): Promise<UnreadDocument> {
    const { edges, pageInfo } = this.service.shownPages(userId, value, part);
    const shown = await Promise.all(
      edges.map(async ({ cursor, node }) => ({ cursor, node: await documentOf(node) })),
    );
    return {
      total: value.total,
      cursor: this.service.cursors.ofAll(userId, value.pages),
      pages: listOf({ edges: shown, pageInfo }, (page) => page),
    };
  }
}

async function documentOf(page: PageUnread): Promise<object> {
  return {
    pageId: page.pageId,
    count: page.count,
    lastModifiedAt: rfc3339(page.lastModifiedAt),
    lastTitle: await page.lastTitle,
    cursor: page.cursor,
  };
}
