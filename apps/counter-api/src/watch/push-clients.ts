import { z } from 'zod';
import type { Clock, SignedClients } from '@headcount/platform';
import { PATHS } from '@headcount/protocol';
import type { PushWay } from '@headcount/replication';

/** Makes the ways that pushes go. */
export interface PushClients {
  readonly clock: Clock;
  /** The way to the gateway at `url`. */
  open(url: string): PushWay;
}

export const PUSH_CLIENTS = Symbol('PUSH_CLIENTS');

/** Ways over connections that are kept. */
export function pushClients(clients: SignedClients, clock: Clock): PushClients {
  return {
    clock,
    open(url) {
      const client = clients.open(url, 'gateway');
      return {
        async push(body) {
          const call = { method: 'PUT' as const, path: PATHS.push, body, answer: z.undefined() };
          const pushed = await client.call(call);
          if (pushed.ok) return 'taken';
          const { error } = pushed;
          const isDisowned = error.code === 'REFUSED' && error.refusal === 'UNKNOWN_INSTANCE';
          return isDisowned ? 'disowned' : 'failed';
        },
        close: () => client.close(),
      };
    },
  };
}
