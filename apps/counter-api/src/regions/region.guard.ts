import { Inject, Injectable } from '@nestjs/common';
import { SignedGuard, type RequestVerifier } from '@headcount/platform';

/** The verifier of requests that other regions sign. */
export const REGION_VERIFIER = Symbol('REGION_VERIFIER');

/** Lets counter-apis of other regions in, and no gateway: their keys are for other roles. */
@Injectable()
export class RegionGuard extends SignedGuard {
  constructor(@Inject(REGION_VERIFIER) verifier: RequestVerifier) {
    super(verifier);
  }
}
