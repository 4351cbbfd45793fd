/**
 * Datagrams between gateways and counter-api: what they hold, in words of the domain. The bytes are
 * described in docs/protocol.md §3; datagram-encode.ts and datagram-decode.ts follow it.
 */
import type { FeedInterval, Presence } from '@headcount/crdt';
import type { InstanceId } from './instance-id.js';
import type { PageId } from './page-id.js';

/** Longest datagram with its signature, in bytes: fits one packet on every path in use. */
export const DATAGRAM_BYTES_MAX = 1200;

/** Length of the HMAC-SHA-256 at the end, in bytes. */
export const MAC_BYTES = 32;

/** Longest id of a signing key, in bytes. */
export const KEY_ID_BYTES_MAX = 16;

/** Version of the layout. */
export const DATAGRAM_VERSION = 1;

/** The byte that tells what a datagram is. */
export const DATAGRAM_TYPES = { feed: 1, have: 2 } as const;

/** Why a datagram is dropped: the label of `headcount_datagrams_dropped_total`. */
export const DROP_REASONS = [
  'too_long',
  'malformed',
  'unknown_version',
  'unknown_key',
  'bad_signature',
  'wrong_receiver',
  'unknown_instance',
  'old_number',
  'unknown_bucket',
  'store_unavailable',
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

/** Who speaks to whom, under which key. */
export interface DatagramRoute {
  readonly keyId: string;
  readonly sender: InstanceId;
  readonly receiver: InstanceId;
}

/** What a gateway sends of one bucket: an interval of its feed. */
export interface FeedSection extends FeedInterval<Presence> {
  readonly bucket: number;
}

/** One page's absolute numbers, as they arrive. */
export interface PageEntry extends Presence {
  readonly pageId: PageId;
}

/** An interval as it arrives: its entries' own versions stay with the sender. */
export interface ReceivedSection {
  readonly bucket: number;
  readonly from: number;
  readonly to: number;
  readonly entries: readonly PageEntry[];
}

/**
 * What Redis holds of the gateway in one bucket; below the `from` of the section it means *need
 * all*.
 */
export interface HaveSection {
  readonly bucket: number;
  readonly stored: number;
}

/** Numbers of a gateway, on their way to Redis. */
export interface FeedDatagram extends DatagramRoute {
  readonly type: 'feed';
  readonly number: number;
  readonly sections: readonly ReceivedSection[];
}

/** The answer to one feed datagram. */
export interface HaveDatagram extends DatagramRoute {
  readonly type: 'have';
  readonly number: number;
  /** The number of the datagram that is answered. */
  readonly answers: number;
  readonly sections: readonly HaveSection[];
}

export type Datagram = FeedDatagram | HaveDatagram;

/** A datagram ready to send: what encodeFeedDatagrams or encodeHave made, and its signature. */
export function withMac(unsigned: Uint8Array, mac: Uint8Array): Uint8Array {
  if (mac.length !== MAC_BYTES) {
    throw new RangeError(`a signature has ${MAC_BYTES} bytes, not ${mac.length}`);
  }
  const datagram = new Uint8Array(unsigned.length + MAC_BYTES);
  datagram.set(unsigned);
  datagram.set(mac, unsigned.length);
  return datagram;
}
