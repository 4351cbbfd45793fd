import {
  Controller,
  Get,
  HttpStatus,
  Inject,
  Req,
  Res,
  ServiceUnavailableException,
} from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../auth/public.js';
import { HttpRules } from '../http/rest-rules.js';
import { isInternal } from '../http/internal-server.js';
import { Readiness } from './readiness.js';

/** All that a health page says on the public port. */
interface BareStatus {
  readonly status: 'ok' | 'error';
}

/**
 * The health pages: alive is not the same as ready, and only an app that is not alive wants a
 * restart. On the public port, where balancers ask and strangers can, they say the status alone; on
 * the internal one also what is wrong, which may name addresses.
 */
@Public()
@HttpRules({ query: 'any', types: 'own' })
@Controller('health')
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {}

  /** 200 as long as this process answers. */
  @Get('live')
  live(@Req() { raw }: FastifyRequest): BareStatus | Promise<HealthCheckResult> {
    return isInternal(raw) ? this.health.check([]) : { status: 'ok' };
  }

  /** 200, or 503. */
  @Get('ready')
  async ready(
    @Req() { raw }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const outcomes = [...(await this.readiness.run())];
    if (!isInternal(raw)) {
      const isReady = outcomes.every(([, wrong]) => wrong === null);
      if (!isReady) void reply.code(HttpStatus.SERVICE_UNAVAILABLE);
      return { status: isReady ? 'ok' : 'error' } satisfies BareStatus;
    }
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
