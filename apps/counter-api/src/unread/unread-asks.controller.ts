import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public, SignedBody, SignedGuard } from '@headcount/platform';
import {
  PATHS,
  followsRequest,
  titlesRequest,
  type FollowsAnswer,
  type FollowsRequest,
  type TitlesAnswer,
  type TitlesRequest,
} from '@headcount/protocol';
import { UnreadAsksService } from './unread-asks.service.js';

/** Where gateways ask what they compute unread from. Signed, so that no token is asked for. */
@Public()
@ApiExcludeController()
@UseGuards(SignedGuard)
@Controller()
export class UnreadAsksController {
  constructor(@Inject(UnreadAsksService) private readonly service: UnreadAsksService) {}

  @Post(PATHS.follows)
  @HttpCode(200)
  follows(@Body(new SignedBody(followsRequest)) request: FollowsRequest): Promise<FollowsAnswer> {
    return this.service.follows(request);
  }

  @Post(PATHS.titles)
  @HttpCode(200)
  titles(@Body(new SignedBody(titlesRequest)) request: TitlesRequest): Promise<TitlesAnswer> {
    return this.service.titles(request);
  }
}
