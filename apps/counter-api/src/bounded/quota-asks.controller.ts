import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public, SignedBody } from '@headcount/platform';
import { PATHS, quotaRequest, type QuotaAnswer, type QuotaRequest } from '@headcount/protocol';
import { RegionGuard } from '../regions/region.guard.js';
import { BoundedService } from './bounded.service.js';

/** Where other regions ask for rights in bounded counters. Signed, so that no token is asked for. */
@Public()
@ApiExcludeController()
@UseGuards(RegionGuard)
@Controller()
export class QuotaAsksController {
  constructor(@Inject(BoundedService) private readonly bounded: BoundedService) {}

  @Post(PATHS.quota)
  @HttpCode(200)
  give(@Body(new SignedBody(quotaRequest)) request: QuotaRequest): Promise<QuotaAnswer> {
    return this.bounded.give(request);
  }
}
