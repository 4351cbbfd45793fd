import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public, Sender, SignedBody, SignedGuard } from '@headcount/platform';
import {
  PATHS,
  feedRequest,
  goodbyeRequest,
  interestRequest,
  syncRequest,
  type FeedAnswer,
  type FeedRequest,
  type GoodbyeAnswer,
  type InstanceId,
  type InterestAnswer,
  type InterestRequest,
  type SyncAnswer,
  type SyncRequest,
} from '@headcount/protocol';
import { IntakeService } from './intake.service.js';

/** The addresses that gateways post to. Signed, so that no token is asked for. */
@Public()
@ApiExcludeController()
@UseGuards(SignedGuard)
@Controller()
export class IntakeController {
  constructor(@Inject(IntakeService) private readonly intake: IntakeService) {}

  @Post(PATHS.sync)
  @HttpCode(200)
  sync(
    @Sender() sender: InstanceId,
    @Body(new SignedBody(syncRequest)) request: SyncRequest,
  ): Promise<SyncAnswer> {
    return this.intake.sync(sender, request);
  }

  @Post(PATHS.feed)
  @HttpCode(200)
  feed(
    @Sender() sender: InstanceId,
    @Body(new SignedBody(feedRequest)) request: FeedRequest,
  ): Promise<FeedAnswer> {
    return this.intake.feed(sender, request);
  }

  @Post(PATHS.interest)
  @HttpCode(200)
  interest(
    @Sender() sender: InstanceId,
    @Body(new SignedBody(interestRequest)) request: InterestRequest,
  ): Promise<InterestAnswer> {
    return this.intake.interest(sender, request);
  }

  /** The body says nothing; it is checked all the same, so that a later version may say something. */
  @Post(PATHS.goodbye)
  @HttpCode(200)
  goodbye(
    @Sender() sender: InstanceId,
    @Body(new SignedBody(goodbyeRequest)) _request: unknown,
  ): Promise<GoodbyeAnswer> {
    return this.intake.goodbye(sender);
  }
}
