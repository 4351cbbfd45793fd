import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Caller, bodyOf, type Subject } from '@headcount/platform';
import { pageIdOf } from '../modifications/input.js';
import { partIn } from '../rest/bodies.js';
import { READ_DOCS, UNREAD_DOCS } from '../rest/docs.js';
import { ActingUsers } from '../users/acting-user.js';
import { UnreadDocuments, type UnreadDocument } from './unread-documents.js';
import { UnreadService } from './unread.service.js';

const readRequest = z.strictObject({ cursor: z.string(), pageId: z.string().nullish() });

/** Unread over REST, for back ends that act for their users. */
@Controller()
export class UnreadController {
  constructor(
    @Inject(UnreadService) private readonly service: UnreadService,
    @Inject(UnreadDocuments) private readonly documents: UnreadDocuments,
    @Inject(ActingUsers) private readonly users: ActingUsers,
  ) {}

  @Get('/users/:userId/unread')
  @UNREAD_DOCS
  async unread(
    @Param('userId') userId: string,
    @Query('first') first: string | undefined,
    @Query('after') after: string | undefined,
    @Caller() caller: Subject,
  ): Promise<UnreadDocument> {
    const user = this.users.userOf(caller, userId);
    return this.documents.of(user.id, await this.service.of(user), partIn(first, after));
  }

  /** With a page it marks that one, without one all. */
  @Post('/users/:userId/reads')
  @HttpCode(200)
  @READ_DOCS
  async read(
    @Param('userId') userId: string,
    @Body() body: unknown,
    @Caller() caller: Subject,
  ): Promise<UnreadDocument> {
    const { cursor, pageId } = bodyOf(readRequest, body, '{"cursor":"k1.AXic…"}');
    const user = this.users.userOf(caller, userId);
    const value =
      pageId === null || pageId === undefined
        ? await this.service.markAllRead(user, cursor)
        : await this.service.markRead(user, pageIdOf(pageId), cursor);
    return this.documents.of(user.id, value, {});
  }
}
