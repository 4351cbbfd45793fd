import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  REQUEST_VERIFIER,
  SignedBody,
  demandSigned,
  type RequestVerifier,
} from '@headcount/platform';
import { PATHS } from '@headcount/protocol';
import { Counters } from './counters.js';
import { checkedPush } from './push-check.js';

const NO_CONTENT = 204;

/**
 * Where the home pushes values to, signed: docs/protocol.md §6. A route of Fastify's own and no controller, for a gateway is
 * pushed to more often than anything else is asked of it, and what stands before a controller costs more than the push.
 */
export function takePushes(nest: NestFastifyApplication): void {
  const verifier = nest.get<RequestVerifier>(REQUEST_VERIFIER);
  const counters = nest.get(Counters);
  const body = new SignedBody(checkedPush);
  nest
    .getHttpAdapter()
    .getInstance()
    .put(PATHS.push, (request, reply) => {
      demandSigned(verifier, request, reply);
      counters.push(body.transform(request.body));
      void reply.code(NO_CONTENT).send();
    });
}
