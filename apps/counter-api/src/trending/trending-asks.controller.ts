import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public, SignedBody, SignedGuard } from '@headcount/platform';
import {
  PATHS,
  trendingRequest,
  type TrendingAnswer,
  type TrendingRequest,
} from '@headcount/protocol';
import { TrendingService } from './trending.service.js';

/** Where gateways ask what trends, for their subscribers. Signed, so that no token is asked for. */
@Public()
@ApiExcludeController()
@UseGuards(SignedGuard)
@Controller()
export class TrendingAsksController {
  constructor(@Inject(TrendingService) private readonly service: TrendingService) {}

  @Post(PATHS.trending)
  @HttpCode(200)
  answer(@Body(new SignedBody(trendingRequest)) request: TrendingRequest): Promise<TrendingAnswer> {
    return this.service.answers(request);
  }
}
