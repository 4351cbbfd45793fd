/**
 * Signed HTTP requests: what is signed, where it stands, and what a receiver lets in.
 * The hash and the HMAC themselves are computed by `platform`; docs/protocol.md §2 is the contract.
 */
import { parseInstanceId, type InstanceId } from './instance-id.js';
import { err, ok, type Result } from '@headcount/crdt';

/**
 * Names of the headers. `instance` stands in the answer 421 and names the receiver; `answer` is the
 * signature of an answer.
 */
export const SIGNATURE_HEADERS = {
  key: 'x-headcount-key',
  from: 'x-headcount-from',
  to: 'x-headcount-to',
  number: 'x-headcount-number',
  signature: 'x-headcount-signature',
  instance: 'x-headcount-instance',
  answer: 'x-headcount-answer',
} as const;

/** Stands for a receiver that is not known yet. */
export const TO_UNKNOWN = '-';

/** Who sends the request, to whom, as the how-manieth. */
export interface SignedHead {
  readonly from: InstanceId;
  readonly to: InstanceId | typeof TO_UNKNOWN;
  readonly number: number;
}

/** The head of a request and the signature that vouches for it, not yet verified. */
export interface ClaimedHead extends SignedHead {
  readonly keyId: string;
  /** HMAC-SHA-256 in base64url. */
  readonly signature: string;
}

/** What is signed of an answer. */
export interface SignedAnswer {
  readonly status: number;
  readonly instance: string;
  readonly bodyHash: string;
}

/** The text whose HMAC-SHA-256 is the signature. `bodyHash` is the SHA-256 of the body in hex. */
export function signingInput(
  method: string,
  path: string,
  { from, to, number }: SignedHead,
  bodyHash: string,
): string {
  return [method, path, from, to, number, bodyHash].join('\n');
}

/**
 * The text whose HMAC-SHA-256, under the key that signed the request, is the signature of an answer.
 * `request` is the signature of the request, so an answer is good for that one alone. `instance` is
 * the header of that name, '' where there is none; `bodyHash` is the SHA-256 of the body in hex. It
 * begins with a word that no method is, so it never passes for a request.
 */
export function answerInput(request: string, { status, instance, bodyHash }: SignedAnswer): string {
  return ['ANSWER', request, status, instance, bodyHash].join('\n');
}

const KEY_ID = /^[A-Za-z0-9_-]{1,16}$/;
const NUMBER = /^[1-9][0-9]{0,15}$/;
/** 32 bytes in base64url. */
const SIGNATURE = /^[A-Za-z0-9_-]{43}$/;

/** The head that the headers of a request claim. A missing or malformed one is a bad signature. */
export function readSignedHead(
  header: (name: string) => string | undefined,
): Result<ClaimedHead, 'BAD_SIGNATURE'> {
  const keyId = header(SIGNATURE_HEADERS.key) ?? '';
  const from = parseInstanceId(header(SIGNATURE_HEADERS.from) ?? '');
  const to = readReceiver(header(SIGNATURE_HEADERS.to) ?? '');
  const digits = header(SIGNATURE_HEADERS.number) ?? '';
  const signature = header(SIGNATURE_HEADERS.signature) ?? '';
  const number = NUMBER.test(digits) ? Number(digits) : NaN;
  if (!KEY_ID.test(keyId) || !SIGNATURE.test(signature)) return err('BAD_SIGNATURE');
  if (!from.ok || to === null || !Number.isSafeInteger(number)) return err('BAD_SIGNATURE');
  return ok({ keyId, from: from.value, to, number, signature });
}

function readReceiver(text: string): SignedHead['to'] | null {
  if (text === TO_UNKNOWN) return TO_UNKNOWN;
  const parsed = parseInstanceId(text);
  return parsed.ok ? parsed.value : null;
}

/**
 * Whether `me` takes a request whose signature is good. `lastNumber` is the number of the last one
 * taken from the same sender, 0 for none; a caller that takes the request keeps its number before
 * handling it, so that the same bytes sent again, by whomever, are refused.
 */
export function admit(
  { to, number }: SignedHead,
  me: InstanceId,
  lastNumber: number,
): Result<void, 'WRONG_RECEIVER' | 'REPLAYED'> {
  // First the receiver: numbers count per pair, so those of a request to another instance say
  // nothing here.
  if (to !== me) return err('WRONG_RECEIVER');
  return number > lastNumber ? ok() : err('REPLAYED');
}
