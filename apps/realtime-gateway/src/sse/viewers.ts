import type { FastifyRequest } from 'fastify';
import { credentialsOf } from '@headcount/platform';
import type { HeadcountError, Result } from '@headcount/protocol';
import { viewerInAddress } from '../sockets/viewer-in-address.js';
import { identify, type Identity, type VisitorsOptions } from '../sockets/visitors.js';

/** Finds out who asks for a stream, by the rules that hold for whoever opens a socket. */
export class Viewers {
  constructor(private readonly options: Omit<VisitorsOptions, 'limits'>) {}

  /**
   * AUTH=jwt: the subject of the bearer token. AUTH=off: the viewer of `x-headcount-user`, else of
   * `?v=`, which is all that an EventSource can say, else somebody new.
   */
  async of({
    headers,
    url,
  }: Pick<FastifyRequest, 'headers' | 'url'>): Promise<Result<Identity, HeadcountError>> {
    const inAddress = viewerInAddress(url);
    if (!inAddress.ok) return inAddress;
    return identify({ ...credentialsOf(headers), viewerInAddress: inAddress.value }, this.options);
  }
}
