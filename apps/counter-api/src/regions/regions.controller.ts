import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public, SignedBody } from '@headcount/platform';
import {
  PATHS,
  digestRequest,
  pullRequest,
  type DigestAnswer,
  type DigestRequest,
  type PullAnswer,
  type PullRequest,
} from '@headcount/protocol';
import { RegionGuard } from './region.guard.js';
import { RegionsService } from './regions.service.js';

/** The addresses that other regions post to. Signed, so that no token is asked for. */
@Public()
@ApiExcludeController()
@UseGuards(RegionGuard)
@Controller()
export class RegionsController {
  constructor(@Inject(RegionsService) private readonly regions: RegionsService) {}

  @Post(PATHS.digest)
  @HttpCode(200)
  digest(@Body(new SignedBody(digestRequest)) request: DigestRequest): Promise<DigestAnswer> {
    return this.regions.digest(request);
  }

  @Post(PATHS.pull)
  @HttpCode(200)
  pull(@Body(new SignedBody(pullRequest)) request: PullRequest): Promise<PullAnswer> {
    return this.regions.pull(request);
  }
}
