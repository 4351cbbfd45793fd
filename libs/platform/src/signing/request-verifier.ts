import { createHash } from 'node:crypto';
import {
  admit,
  answerInput,
  err,
  ok,
  readSignedHead,
  signingInput,
  type InstanceId,
  type Result,
} from '@headcount/protocol';
import type { Keyring } from './keyring.js';

/** Why a signed request is not let in. */
export type SignatureRefusal = 'BAD_SIGNATURE' | 'WRONG_RECEIVER' | 'REPLAYED' | 'UNKNOWN_INSTANCE';

/** An answer as it is sent. */
export interface AnswerToSign {
  readonly status: number;
  /** The value of the header x-headcount-instance, where it has one. */
  readonly instance?: string | undefined;
  readonly body: string | Uint8Array;
}

/** A request as it arrived. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly path: string;
  /** The value of a header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** The bytes of the body as they came. */
  readonly body: Uint8Array;
}

export interface VerifierOptions {
  readonly me: InstanceId;
  readonly keyring: Keyring;
  /** Whether a sender may call at all; each may unless given. A gateway lets in its home alone. */
  readonly knows?: (sender: InstanceId) => boolean;
  /** How many senders' last numbers are kept. Default 16,384, about 2 MB. */
  readonly sendersMax?: number;
}

const SENDERS_MAX = 16_384;

/**
 * Lets signed requests in, each once: docs/protocol.md §2. Only holders of a key can make it keep
 * anything; past `sendersMax` the sender longest unheard of is forgotten, and could then be
 * replayed to this process.
 */
export class RequestVerifier {
  readonly me: InstanceId;
  /** Sender -> number of the last request taken, the one longest unheard of first. */
  private readonly lastNumbers = new Map<InstanceId, number>();

  constructor(private readonly options: VerifierOptions) {
    this.me = options.me;
  }

  /** The sender of a request that is let in; its number counts as taken from here on. */
  take({ method, path, header, body }: SignedRequest): Result<InstanceId, SignatureRefusal> {
    const { keyring, knows = () => true } = this.options;
    const head = readSignedHead(header);
    if (!head.ok) return head;
    const { from, keyId, number, signature } = head.value;

    const bodyHash = createHash('sha256').update(body).digest('hex');
    const input = signingInput(method, path, head.value, bodyHash);
    const signed = keyring.verify(keyId, input, Buffer.from(signature, 'base64url'));
    // Which of the two it was helps only someone who tries keys.
    if (!signed.ok) return err('BAD_SIGNATURE');

    const admitted = admit(head.value, this.me, this.lastNumbers.get(from) ?? 0);
    if (!admitted.ok) return admitted;
    if (!knows(from)) return err('UNKNOWN_INSTANCE');
    this.keep(from, number);
    return ok(from);
  }

  /**
   * The signature of the answer to a request, for the header x-headcount-answer, or null where no
   * key of ours has signed the request. To be asked only after `take` has found the signature of the
   * request good, that is, did not say BAD_SIGNATURE.
   */
  signAnswer(
    header: SignedRequest['header'],
    { status, instance = '', body }: AnswerToSign,
  ): string | null {
    const head = readSignedHead(header);
    if (!head.ok) return null;
    const bodyHash = createHash('sha256').update(body).digest('hex');
    const input = answerInput(head.value.signature, { status, instance, bodyHash });
    return this.options.keyring.signAs(head.value.keyId, input)?.toString('base64url') ?? null;
  }

  private keep(from: InstanceId, number: number): void {
    this.lastNumbers.delete(from);
    this.lastNumbers.set(from, number);
    if (this.lastNumbers.size <= (this.options.sendersMax ?? SENDERS_MAX)) return;
    const [longestUnheard] = this.lastNumbers.keys();
    if (longestUnheard !== undefined) this.lastNumbers.delete(longestUnheard);
  }
}
