/**
 * What counter-api itself takes from one caller and from one address. Asked before a request is read further, once whatever it holds,
 * and of nothing that is for the apps of the deployment or for whoever watches over them.
 */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Limit } from '@headcount/counter-store';
import {
  Authenticator,
  addressKey,
  answerRefusal,
  callerKeyOf,
  credentialsOf,
} from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';
import { LimitsService } from './limits.service.js';
import { rateLimitFields, type ShownLimit } from './rate-limit-fields.js';

/** Routes of the deployment itself. */
const EXEMPT = /^\/(?:internal|health|metrics)(?:\/|$)/;

type Limits = Pick<CounterApiConfig, 'RATE_LIMIT_PER_ADDRESS' | 'RATE_LIMIT_PER_CALLER'>;

/** Holds requests against the limits of the settings, where there are any. Before the app listens. */
export function limitRequests(nest: NestFastifyApplication, config: Limits): void {
  const { RATE_LIMIT_PER_ADDRESS, RATE_LIMIT_PER_CALLER } = config;
  if (!RATE_LIMIT_PER_ADDRESS && !RATE_LIMIT_PER_CALLER) return;
  const limits = nest.get(LimitsService);
  const authenticator = nest.get(Authenticator);
  const fastify = nest.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', async (request, reply) => {
    if (EXEMPT.test(request.routeOptions.url ?? '')) return;
    const shown: ShownLimit[] = [];
    try {
      for await (const limit of limitsOf(config, request, authenticator)) {
        const allowance = await limits.take(limit, 1);
        const { kind: name, limit: most, windowSeconds } = limit;
        shown.push({ name, limit: most, windowSeconds, allowance });
        if (!allowance.isAllowed) throw new HeadcountError('TOO_MANY');
      }
      void reply.headers(rateLimitFields(shown));
    } catch (cause) {
      if (!(cause instanceof HeadcountError)) throw cause;
      void reply.headers(rateLimitFields(shown));
      return answerRefusal(request, reply, cause.code);
    }
  });
}

/** The address first: who is over there has nothing taken from the limit of a caller. */
async function* limitsOf(
  { RATE_LIMIT_PER_ADDRESS: perAddress, RATE_LIMIT_PER_CALLER: perCaller }: Limits,
  request: FastifyRequest,
  authenticator: Authenticator,
): AsyncGenerator<Limit> {
  if (perAddress) yield { kind: 'address', key: addressKey(request.ip), ...perAddress };
  if (!perCaller) return;
  const key = await callerOf(request, authenticator);
  if (key !== null) yield { kind: 'caller', key, ...perCaller };
}

/** Who calls, or null where nobody has shown who he is: then the guard refuses it, or it is open to everybody. */
async function callerOf(
  { headers }: FastifyRequest,
  authenticator: Authenticator,
): Promise<string | null> {
  const subject = await authenticator.authenticate(credentialsOf(headers));
  return subject.ok ? callerKeyOf(subject.value) : null;
}
