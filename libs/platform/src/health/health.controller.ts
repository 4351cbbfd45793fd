import {
  Controller,
  Get,
  HttpStatus,
  Inject,
  Res,
  ServiceUnavailableException,
} from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/public.js';
import { Readiness } from './readiness.js';

/**
 * The health pages: alive is not the same as ready, and only an app that is not alive wants a
 * restart.
 */
@Public()
@Controller('health')
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {}

  /** 200 as long as this process answers. */
  @Get('live')
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  /** 200, or 503 with what is wrong. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const outcomes = [...(await this.readiness.run())];
    try {
      return await this.health.check([
        ...outcomes.map((outcome) => () => this.result(outcome)),
        ...[...this.readiness.warned].map(
          ([name, warning]) =>
            () =>
              this.indicators.check(name).up({ warning }),
        ),
      ]);
    } catch (cause) {
      if (!(cause instanceof ServiceUnavailableException)) throw cause;
      void reply.code(HttpStatus.SERVICE_UNAVAILABLE);
      return cause.getResponse();
    }
  }

  private result([name, wrong]: readonly [string, string | null]): HealthIndicatorResult {
    const indicator = this.indicators.check(name);
    return wrong === null ? indicator.up() : indicator.down(wrong);
  }
}
