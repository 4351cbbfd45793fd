import type { FastifyRequest } from 'fastify';
import { credentialsOf, type Authenticator, type Ids } from '@headcount/platform';
import { err, type ErrorCode, type Result } from '@headcount/protocol';
import { identify, type Identity } from '../sockets/visitors.js';

/** Finds out who asks for a stream, by the rules that hold for whoever opens a socket. */
export class Viewers {
  constructor(
    readonly authenticator: Authenticator,
    readonly ids: Ids,
  ) {}

  /**
   * AUTH=jwt: the subject of the bearer token. AUTH=off: the viewer of `x-headcount-user`, else of
   * `?v=`, which is all that an EventSource can say, else somebody new.
   */
  async of({
    headers,
    query,
  }: Pick<FastifyRequest, 'headers' | 'query'>): Promise<Result<Identity, ErrorCode>> {
    const { v: inAddress = null } = query as Readonly<Record<string, unknown>>;
    // Given twice it comes as a list.
    if (inAddress !== null && typeof inAddress !== 'string') return err('BAD_REQUEST');
    return identify({ ...credentialsOf(headers) }, inAddress, this);
  }
}
