import { Controller, Get, Inject, Query } from '@nestjs/common';
import { Caller, SCOPE_USERS, fieldRefusal, type Subject } from '@headcount/platform';
import { DATE_TIME_RULE } from '@headcount/protocol';
import { partIn, timeField } from '../rest/bodies.js';
import { DIGEST_DOCS } from '../rest/docs.js';
import type { ListDocument } from '../rest/list.js';
import { UnreadDocuments } from '../unread/unread-documents.js';
import { ActingUsers } from '../users/acting-user.js';
import { DigestService } from './digest.service.js';

/** For mailers, over REST. */
@Controller()
export class DigestController {
  constructor(
    @Inject(DigestService) private readonly service: DigestService,
    @Inject(UnreadDocuments) private readonly documents: UnreadDocuments,
    @Inject(ActingUsers) private readonly users: ActingUsers,
  ) {}

  @Get('/digest')
  @DIGEST_DOCS
  async digest(
    @Query('since') since: string | undefined,
    @Query('first') first: string | undefined,
    @Query('after') after: string | undefined,
    @Caller() caller: Subject,
  ): Promise<ListDocument<object>> {
    this.users.demand(caller, SCOPE_USERS);
    const time = timeField.safeParse(since);
    if (!time.success)
      throw fieldRefusal('BAD_REQUEST', 'since', `since must be ${DATE_TIME_RULE}.`);
    const found = await this.service.of(caller, time.data, partIn(first, after));
    const items = found.edges.map(async ({ node: { userId, unread } }) => ({
      userId,
      ...(await this.documents.of(userId, unread, {})),
    }));
    const { hasNextPage, endCursor } = found.pageInfo;
    return { items: await Promise.all(items), next: hasNextPage ? endCursor : null };
  }
}
