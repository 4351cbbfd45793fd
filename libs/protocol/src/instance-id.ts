import { err, ok, type Result } from '@headcount/crdt';

/** The id of one process, new at every start: 128 random bits as 32 lower-case hex digits. */
export type InstanceId = string & { readonly brand: 'InstanceId' };

const SHAPE = /^[0-9a-f]{32}$/;

/** The instance id of a text. */
export function parseInstanceId(raw: string): Result<InstanceId, 'BAD_INSTANCE_ID'> {
  return SHAPE.test(raw) ? ok(raw as InstanceId) : err('BAD_INSTANCE_ID');
}

/**
 * The instance id of 16 bytes, for example random ones. Throws RangeError for another number of
 * bytes.
 */
export function instanceIdOf(bytes: Uint8Array): InstanceId {
  if (bytes.length !== 16) throw new RangeError(`an instance id has 16 bytes, not ${bytes.length}`);
  let digits = '';
  for (const byte of bytes) digits += byte.toString(16).padStart(2, '0');
  return digits as InstanceId;
}

/** The 16 bytes of an instance id. */
export function instanceIdBytes(id: InstanceId): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, at) => parseInt(id.slice(2 * at, 2 * at + 2), 16));
}
