import {
  Inject,
  Injectable,
  createParamDecorator,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HeadcountError, SIGNATURE_HEADERS, type InstanceId } from '@headcount/protocol';
import type { RequestVerifier } from './request-verifier.js';

/**
 * The verifier that SignedGuard asks; each app provides its own, since a gateway lets in its home
 * alone.
 */
export const REQUEST_VERIFIER = Symbol('REQUEST_VERIFIER');

const senders = new WeakMap<FastifyRequest, InstanceId>();

/**
 * Lets a request in only if it is signed for this instance and new. Paths below `/internal/` alone:
 * there the body arrives as bytes, which is what was signed.
 */
@Injectable()
export class SignedGuard implements CanActivate {
  constructor(@Inject(REQUEST_VERIFIER) private readonly verifier: RequestVerifier) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    senders.set(request, demandSigned(this.verifier, request, http.getResponse<FastifyReply>()));
    return true;
  }
}

/** Who has signed a request to a path below `/internal/`. Throws HeadcountError where it is not let in. */
export function demandSigned(
  verifier: RequestVerifier,
  request: Pick<FastifyRequest, 'method' | 'headers' | 'body'> & {
    readonly raw: { readonly url?: string | undefined };
  },
  reply: { readonly header: (name: string, value: string) => unknown },
): InstanceId {
  const { method, raw, headers, body } = request;
  const taken = verifier.take({
    method,
    path: raw.url ?? '',
    header: (name) => [headers[name]].flat()[0],
    body: body instanceof Uint8Array ? body : new Uint8Array(),
  });
  if (taken.ok) return taken.value;
  if (taken.error === 'WRONG_RECEIVER') void reply.header(SIGNATURE_HEADERS.instance, verifier.me);
  throw new HeadcountError(taken.error);
}

/** The instance that signed the request, in a method behind SignedGuard. */
export const Sender = createParamDecorator((_: unknown, context: ExecutionContext): InstanceId => {
  const sender = senders.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (sender === undefined) throw new Error('Sender is for methods behind SignedGuard');
  return sender;
});
