import {
  Inject,
  Injectable,
  createParamDecorator,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HeadcountError, SIGNATURE_HEADERS, type InstanceId } from '@headcount/protocol';
import { INTERNAL_PREFIX } from '../http/body-parser.js';
import type { NestFastify } from '../http/fastify-adapter.js';
import type { RequestVerifier } from './request-verifier.js';

/**
 * The verifier that SignedGuard asks; each app provides its own, since a gateway lets in its home
 * alone.
 */
export const REQUEST_VERIFIER = Symbol('REQUEST_VERIFIER');

const senders = new WeakMap<FastifyRequest, InstanceId>();

/** Requests whose signature is good, and who signs what they are answered. */
const answerers = new WeakMap<object, RequestVerifier>();

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

/** What of a request and of its answer is looked at here. */
type Asked = Pick<FastifyRequest, 'method' | 'headers' | 'body'> & {
  readonly raw: { readonly url?: string | undefined };
};
interface Answering {
  readonly header: (name: string, value: string) => unknown;
}

const headerOf =
  ({ headers }: Pick<Asked, 'headers'>) =>
  (name: string): string | undefined =>
    [headers[name]].flat()[0];

/** Who has signed a request to a path below `/internal/`. Throws HeadcountError where it is not let in. */
export function demandSigned(
  verifier: RequestVerifier,
  request: Asked,
  reply: Answering,
): InstanceId {
  const { method, raw, body } = request;
  const taken = verifier.take({
    method,
    path: raw.url ?? '',
    header: headerOf(request),
    body: body instanceof Uint8Array ? body : new Uint8Array(),
  });
  if (taken.ok || taken.error !== 'BAD_SIGNATURE') answerers.set(request, verifier);
  if (taken.ok) return taken.value;
  if (taken.error === 'WRONG_RECEIVER') void reply.header(SIGNATURE_HEADERS.instance, verifier.me);
  throw new HeadcountError(taken.error);
}

/**
 * Signs the answers to signed requests, refusals among them, so that the caller knows who speaks.
 * Must run before any route is added; other routes pay nothing.
 */
export function signAnswers(fastify: NestFastify): void {
  fastify.addHook('onRoute', (route) => {
    if (!route.url.startsWith(INTERNAL_PREFIX)) return;
    route.onSend = (request, reply, payload, done) => {
      const signature = answerers.get(request)?.signAnswer(headerOf(request), {
        status: reply.statusCode,
        instance: reply.getHeader(SIGNATURE_HEADERS.instance)?.toString(),
        body: typeof payload === 'string' || payload instanceof Uint8Array ? payload : '',
      });
      if (signature) void reply.header(SIGNATURE_HEADERS.answer, signature);
      done(null, payload);
    };
  });
}

/** The instance that signed the request, in a method behind SignedGuard. */
export const Sender = createParamDecorator((_: unknown, context: ExecutionContext): InstanceId => {
  const sender = senders.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (sender === undefined) throw new Error('Sender is for methods behind SignedGuard');
  return sender;
});
