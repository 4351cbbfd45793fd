import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OriginPolicy } from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import { allowsPage } from './origins.js';

export const STREAM_ORIGINS = Symbol('STREAM_ORIGINS');

/** Refuses foreign pages. That those of allowed origins may read the answer is said by `allowPages`, as on all routes. */
@Injectable()
export class OriginGuard implements CanActivate {
  constructor(@Inject(STREAM_ORIGINS) private readonly origins: OriginPolicy) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const { host, origin, 'sec-fetch-site': site } = headers;
    void reply.header('vary', 'origin');
    const asked = { host, origin, site: typeof site === 'string' ? site : undefined };
    if (!allowsPage(this.origins, asked)) {
      throw new HeadcountError('FORBIDDEN', 'Pages of this origin may not read streams.');
    }
    return true;
  }
}
