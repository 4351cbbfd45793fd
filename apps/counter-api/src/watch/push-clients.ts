import type { Clock, Instance, Keyring } from '@headcount/platform';
import { SignedClient } from '@headcount/platform';

/** Makes the clients that pushes go through. */
export interface PushClients {
  readonly clock: Clock;
  /** A client for the gateway at `url`. */
  open(url: string): SignedClient;
}

export const PUSH_CLIENTS = Symbol('PUSH_CLIENTS');

/** Clients that sign as `instance`. */
export function pushClients(instance: Instance, keyring: Keyring, clock: Clock): PushClients {
  return { clock, open: (url) => new SignedClient({ url, instance, keyring }) };
}
