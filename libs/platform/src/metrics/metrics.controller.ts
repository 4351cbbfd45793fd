import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/public.js';
import { HttpRules } from '../http/rest-rules.js';
import { Metrics } from './metrics.js';

/** The app's metrics in the text format of Prometheus, on the internal port alone. */
@Public()
@HttpRules({ query: 'any', types: 'own' })
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(Metrics) private readonly metrics: Metrics) {}

  @Get()
  async all(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }
}
