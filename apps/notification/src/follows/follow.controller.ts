import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import { Caller, bodyOf, demandNoFields, rfc3339, type Subject } from '@headcount/platform';
import { pageIdOf } from '../modifications/input.js';
import { partIn, timeField } from '../rest/bodies.js';
import { FOLLOWING_DOCS, FOLLOW_DOCS, MUTE_DOCS, UNFOLLOW_DOCS } from '../rest/docs.js';
import { listOf, type ListDocument } from '../rest/list.js';
import { ActingUsers } from '../users/acting-user.js';
import { FollowsService, type FollowValue } from './follows.service.js';

const muteRequest = z.strictObject({ until: timeField.nullish() });

/** A follow as REST shows it. */
export interface FollowDocument {
  readonly pageId: string;
  readonly mutedUntil: string | null;
  readonly unread: number;
}

/** Follows over REST, for back ends that act for their users. */
@Controller()
export class FollowController {
  constructor(
    @Inject(FollowsService) private readonly service: FollowsService,
    @Inject(ActingUsers) private readonly users: ActingUsers,
  ) {}

  @Get('/users/:userId/follows')
  @FOLLOWING_DOCS
  async following(
    @Param('userId') userId: string,
    @Query('first') first: string | undefined,
    @Query('after') after: string | undefined,
    @Caller() caller: Subject,
  ): Promise<ListDocument<FollowDocument>> {
    const user = this.users.userOf(caller, userId);
    return listOf(await this.service.following(user, partIn(first, after)), show);
  }

  @Put('/users/:userId/follows/:pageId')
  @FOLLOW_DOCS
  async follow(
    @Param('userId') userId: string,
    @Param('pageId') pageId: string,
    @Body() body: unknown,
    @Caller() caller: Subject,
  ): Promise<FollowDocument> {
    demandNoFields(body);
    const user = this.users.userOf(caller, userId);
    return show(await this.service.follow(user, pageIdOf(pageId)));
  }

  @Delete('/users/:userId/follows/:pageId')
  @HttpCode(204)
  @UNFOLLOW_DOCS
  async unfollow(
    @Param('userId') userId: string,
    @Param('pageId') pageId: string,
    @Body() body: unknown,
    @Caller() caller: Subject,
  ): Promise<void> {
    demandNoFields(body);
    await this.service.unfollow(this.users.userOf(caller, userId), pageIdOf(pageId));
  }

  @Put('/users/:userId/follows/:pageId/mute')
  @MUTE_DOCS
  async mute(
    @Param('userId') userId: string,
    @Param('pageId') pageId: string,
    @Body() body: unknown,
    @Caller() caller: Subject,
  ): Promise<FollowDocument> {
    const { until } = bodyOf(
      muteRequest,
      body === undefined ? {} : body,
      '{"until":"2030-10-10T12:11:42Z"}',
    );
    const user = this.users.userOf(caller, userId);
    return show(await this.service.mute(user, pageIdOf(pageId), until ?? null));
  }
}

function show({ pageId, mutedUntilMs, unread }: FollowValue): FollowDocument {
  return { pageId, mutedUntil: mutedUntilMs === null ? null : rfc3339(mutedUntilMs), unread };
}
