import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OriginPolicy } from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import { allowsPage } from './origins.js';

export const STREAM_ORIGINS = Symbol('STREAM_ORIGINS');

/** How long a browser may remember that a page was allowed to ask, in seconds. */
const PREFLIGHT_AGE_S = 600;

/**
 * Refuses foreign pages, and has browsers let those of allowed origins read the answer. No cookie
 * says who somebody is here, so credentials are not among what is allowed.
 */
@Injectable()
export class OriginGuard implements CanActivate {
  constructor(@Inject(STREAM_ORIGINS) private readonly origins: OriginPolicy) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers, method } = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const { host, origin, 'sec-fetch-site': site } = headers;
    void reply.header('vary', 'origin');
    const asked = { host, origin, site: typeof site === 'string' ? site : undefined };
    if (!allowsPage(this.origins, asked)) {
      throw new HeadcountError('FORBIDDEN', 'Pages of this origin may not read streams.');
    }
    if (origin === undefined) return true;
    void reply.header('access-control-allow-origin', origin);
    if (method === 'OPTIONS') {
      void reply.headers({
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers':
          'accept, authorization, cache-control, content-type, last-event-id, x-headcount-user',
        'access-control-max-age': String(PREFLIGHT_AGE_S),
      });
    }
    return true;
  }
}
