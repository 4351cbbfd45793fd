import { Body, Controller, HttpCode, HttpStatus, Inject, Put, UseGuards } from '@nestjs/common';
import { PATHS, pushRequest, type PushRequest } from '@headcount/protocol';
import { Public, SignedBody, SignedGuard } from '@headcount/platform';
import { Counters } from './counters.js';

/** Where the home pushes values to: docs/protocol.md §6. Signed, so that no token is asked for. */
@Public()
@Controller()
@UseGuards(SignedGuard)
export class CountersController {
  constructor(@Inject(Counters) private readonly counters: Counters) {}

  @Put(PATHS.push)
  @HttpCode(HttpStatus.NO_CONTENT)
  push(@Body(new SignedBody(pushRequest)) push: PushRequest): void {
    this.counters.push(push);
  }
}
