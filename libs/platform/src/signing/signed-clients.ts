import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { Metrics } from '../metrics/metrics.js';
import { INSTANCE, type Instance } from './instance.js';
import { Keyrings } from './keyrings.js';
import { SignedClient } from './signed-client.js';
import type { SigningRole } from './signing-keys.js';

/** Opens the clients of an app, signed as this instance. */
@Injectable()
export class SignedClients {
  private readonly logger = new Logger(SignedClient.name);
  private readonly unsigned: Counter<'role'>;

  constructor(
    @Inject(INSTANCE) private readonly instance: Instance,
    @Inject(Keyrings) private readonly keyrings: Keyrings,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.unsigned = metrics.counter({
      name: 'unsigned_answers_total',
      help: 'Answers of other apps that were not believed, as their signature was missing or wrong.',
      labelNames: ['role'],
    });
  }

  /** A client of the app at `url`, an internal address, that speaks in a role. */
  open(url: string, role: SigningRole): SignedClient {
    const { instance, keyrings } = this;
    let last = '';
    const onUnsigned = (reason: string): void => {
      this.unsigned.inc({ role });
      // Once a reason: it may be asked many times a second.
      if (reason !== last) this.logger.warn({ url, reason }, 'an answer is not believed');
      last = reason;
    };
    return new SignedClient({ url, instance, keyring: keyrings.of(role), onUnsigned });
  }
}
