import { Inject, Injectable } from '@nestjs/common';
import type { Lease } from '@headcount/counter-store';
import { CONFIG, actedFor, refuseOthers, viewable, type Subject } from '@headcount/platform';
import { HeadcountError, type CounterValue } from '@headcount/protocol';
import { pageIdOf } from '../counters/input.js';
import type { CounterApiConfig } from '../settings.js';
import { leaseSecondsOf } from './input.js';
import { LeasesService } from './leases.service.js';

/** A change of a page's counter that names a viewer: not one more or less, but who is there. */
export interface LeaseBody {
  readonly action?: unknown;
  readonly viewer: unknown;
  readonly ttl?: unknown;
}

const FIELDS = new Set(['action', 'viewer', 'ttl']);

const SAY_WHOM =
  'Say who is present: with a token, or where AUTH is off with x-headcount-user or viewer.';

/** Whether the body of a change names a viewer. */
export function isLeaseBody(body: unknown): body is LeaseBody {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, 'viewer');
}

/** From what callers ask for to leases. Each method throws HeadcountError with the code of the fault, before anything changes. */
@Injectable()
export class LeaseRequests {
  constructor(
    @Inject(LeasesService) private readonly leases: LeasesService,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
  ) {}

  /** `increment` begins or renews a lease, `decrement` ends it. The page after it. */
  change(pageId: string, body: LeaseBody, caller: Subject): Promise<CounterValue> {
    const { action, viewer, ttl } = body;
    refuseOthers({ ...body }, FIELDS);
    if (action === 'increment') return this.renew(pageId, viewer, ttl, caller);
    if (action === 'decrement') return this.end(pageId, viewer, caller);
    throw new HeadcountError('BAD_ACTION');
  }

  async renew(
    pageId: string,
    viewer: unknown,
    ttl: unknown,
    caller: Subject,
  ): Promise<CounterValue> {
    const lease = this.leaseOf(pageId, viewer, caller);
    return this.leases.renew(lease, leaseSecondsOf(ttl));
  }

  async end(pageId: string, viewer: unknown, caller: Subject): Promise<CounterValue> {
    return this.leases.end(this.leaseOf(pageId, viewer, caller));
  }

  private leaseOf(pageId: string, viewer: unknown, caller: Subject): Lease {
    return {
      pageId: viewable(caller.grants, pageIdOf(pageId)),
      viewer: actedFor(caller, viewer, this.config.AUTH, SAY_WHOM),
    };
  }
}
