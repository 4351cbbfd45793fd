import { createHash } from 'node:crypto';
import { Pool, errors } from 'undici';
import type { z } from 'zod';
import {
  BODY_BYTES_MAX,
  SIGNATURE_HEADERS,
  TO_UNKNOWN,
  answerInput,
  err,
  errorEntry,
  isErrorCode,
  ok,
  parseInstanceId,
  signingInput,
  type ErrorCode,
  type InstanceId,
  type Result,
} from '@headcount/protocol';
import type { Instance } from './instance.js';
import type { Keyring } from './keyring.js';

/**
 * Why a call has no answer. Only REFUSED says that the receiver did nothing; after the others it
 * may have. UNSIGNED: something answered that has none of our keys, or not to this call; what it
 * says is not believed.
 */
export type CallFailure =
  | {
      readonly code: 'TIMEOUT' | 'UNREACHABLE' | 'BAD_ANSWER' | 'UNSIGNED';
      readonly detail: string;
    }
  | {
      readonly code: 'REFUSED';
      readonly status: number;
      /** The catalogue's code, or null for an answer that names none. */
      readonly refusal: ErrorCode | null;
      readonly detail: string;
    };

/** One call. */
export interface SignedCall<T> {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  /** Sent as JSON. */
  readonly body: unknown;
  /** What the answer must look like; `z.undefined()` for an empty one. */
  readonly answer: z.ZodType<T>;
  /** Default: that of the client. */
  readonly timeoutMs?: number;
}

export interface SignedClientOptions {
  /** Where the receiver listens, for example `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly instance: Instance;
  readonly keyring: Keyring;
  /** From the first byte sent to the last one received. Default 2,000. */
  readonly timeoutMs?: number;
  /** Called for each answer that is not believed, with the reason as a sentence. */
  readonly onUnsigned?: (reason: string) => void;
}

/**
 * Sockets to one receiver. A gateway has one call of each kind under way (sync, feed, interest, follows, titles, trending,
 * goodbye), so that a slow one does not hold up the next heartbeat.
 */
const CONNECTIONS = 8;

/** Longest answer taken in, in bytes: a whole interest's values are about 4 MB. */
const ANSWER_BYTES_MAX = 16 * 1_048_576;

/**
 * How often one call is signed. Once for a receiver not known yet, again when it has restarted
 * meanwhile, and a few times when calls on other sockets have overtaken it.
 */
const SIGNINGS_MAX = 5;

interface Answer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

type Send = Pick<SignedCall<unknown>, 'method' | 'path'> & {
  readonly body: Buffer;
  readonly bodyHash: string;
  readonly signal: AbortSignal;
};

/**
 * Calls one receiver with signed JSON requests over kept connections, and believes signed answers
 * alone. It signs anew where the
 * receiver did not take the request because of its signature's address or number; every other
 * failure is the caller's to judge, and nothing else is sent twice.
 */
export class SignedClient {
  readonly url: string;
  private readonly pool: Pool;
  private known: InstanceId | null = null;

  constructor(private readonly options: SignedClientOptions) {
    this.url = options.url;
    this.pool = new Pool(options.url, {
      connections: CONNECTIONS,
      maxResponseSize: ANSWER_BYTES_MAX,
    });
  }

  /** Who answered last, or null before the first answer. Changes when the receiver restarts. */
  get receiver(): InstanceId | null {
    return this.known;
  }

  /** Calls, and checks the answer. Never throws for what the other side or the network does. */
  async call<T>(call: SignedCall<T>): Promise<Result<T, CallFailure>> {
    const body = Buffer.from(JSON.stringify(call.body));
    // As the receiver would, but without a megabyte sent in vain.
    if (body.length > BODY_BYTES_MAX) return err(refusedAs('PAYLOAD_TOO_LARGE'));
    const bodyHash = createHash('sha256').update(body).digest('hex');
    const signal = AbortSignal.timeout(call.timeoutMs ?? this.options.timeoutMs ?? 2000);
    for (let signings = 1; ; signings += 1) {
      const sent = await this.send({ ...call, body, bodyHash, signal });
      if (!sent.ok) return sent;
      const answer = sent.value;
      if (signings < SIGNINGS_MAX && this.mayBeSignedAnew(answer)) continue;
      return answer.status < 300 ? readAnswer(call.answer, answer) : err(refusalOf(answer));
    }
  }

  /** Ends the connections, after the calls that are under way. */
  async close(): Promise<void> {
    if (!this.pool.destroyed) await this.pool.close();
  }

  /** Ends the connections at once: calls under way fail as UNREACHABLE, though the receiver may have done its part. */
  async abort(): Promise<void> {
    await this.pool.destroy();
  }

  private async send({
    method,
    path,
    body,
    bodyHash,
    signal,
  }: Send): Promise<Result<Answer, CallFailure>> {
    const headers = this.headers(method, path, bodyHash);
    try {
      const response = await this.pool.request({ method, path, headers, body, signal });
      const bytes = Buffer.from(await response.body.arrayBuffer());
      const header = (name: string): string | undefined => [response.headers[name]].flat()[0];
      const answer = { status: response.statusCode, header, body: bytes.toString('utf8') };
      const wrong = this.wrongWith(answer, bytes, headers[SIGNATURE_HEADERS.signature] ?? '');
      if (wrong === null) return ok(answer);
      this.options.onUnsigned?.(wrong);
      return err({ code: 'UNSIGNED', detail: wrong });
    } catch (cause) {
      return err(failureOf(cause, signal));
    }
  }

  /** Why an answer is not believed, or null. */
  private wrongWith({ status, header, body }: Answer, bytes: Buffer, request: string) {
    const { keyring } = this.options;
    const claimed = header(SIGNATURE_HEADERS.answer);
    if (claimed === undefined) return unsigned(status, body);
    const instance = header(SIGNATURE_HEADERS.instance) ?? '';
    const bodyHash = createHash('sha256').update(bytes).digest('hex');
    const input = answerInput(request, { status, instance, bodyHash });
    const { ok: good } = keyring.verify(keyring.keyId, input, Buffer.from(claimed, 'base64url'));
    return good ? null : `status ${status}, and the signature of the answer is wrong`;
  }

  private headers(method: string, path: string, bodyHash: string): Record<string, string> {
    const { instance, keyring } = this.options;
    const head = {
      from: instance.id,
      to: this.known ?? (TO_UNKNOWN as typeof TO_UNKNOWN),
      number: instance.nextNumber(),
    };
    const mac = keyring.sign(signingInput(method, path, head, bodyHash));
    return {
      'content-type': 'application/json',
      [SIGNATURE_HEADERS.key]: keyring.keyId,
      [SIGNATURE_HEADERS.from]: head.from,
      [SIGNATURE_HEADERS.to]: head.to,
      [SIGNATURE_HEADERS.number]: String(head.number),
      [SIGNATURE_HEADERS.signature]: mac.toString('base64url'),
    };
  }

  /** Whether only the signature's address or number was wrong. Learns the receiver on the way. */
  private mayBeSignedAnew(answer: Answer): boolean {
    const receiver = parseInstanceId(answer.header(SIGNATURE_HEADERS.instance) ?? '');
    if (answer.status === 421 && receiver.ok) {
      this.known = receiver.value;
      return true;
    }
    return answer.status === 401 && refusalOf(answer).refusal === 'REPLAYED';
  }
}

function readAnswer<T>(schema: z.ZodType<T>, { body }: Answer): Result<T, CallFailure> {
  const parsed = schema.safeParse(body === '' ? undefined : parseJson(body));
  if (parsed.success) return ok(parsed.data);
  return err({ code: 'BAD_ANSWER', detail: parsed.error.issues[0]?.message ?? 'not as agreed' });
}

/** What an answer without a signature most likely comes from. */
function unsigned(status: number, body: string): string {
  if (status === 404)
    return 'status 404, not signed: this is not the internal port of an app (see INTERNAL_HOST)';
  if (refusalOf({ status, body }).refusal === 'BAD_SIGNATURE')
    return 'BAD_SIGNATURE: it has none of our SIGNING_KEYS';
  return `status ${status}, and the answer is not signed`;
}

type Refused = Extract<CallFailure, { code: 'REFUSED' }>;

const refusedAs = (refusal: ErrorCode): Refused => ({
  code: 'REFUSED',
  status: errorEntry(refusal).httpStatus,
  refusal,
  detail: refusal,
});

function refusalOf({ status, body }: Pick<Answer, 'status' | 'body'>): Refused {
  const problem = parseJson(body);
  const code = typeof problem === 'object' && problem && 'code' in problem ? problem.code : null;
  const refusal = isErrorCode(code) ? code : null;
  return { code: 'REFUSED', status, refusal, detail: refusal ?? `status ${status}` };
}

/** JSON of the other side, or null where it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function failureOf(cause: unknown, signal: AbortSignal): CallFailure {
  const detail = cause instanceof Error ? cause.message : String(cause);
  if (signal.aborted) return { code: 'TIMEOUT', detail };
  if (cause instanceof errors.ResponseExceededMaxSizeError) return { code: 'BAD_ANSWER', detail };
  return { code: 'UNREACHABLE', detail };
}
