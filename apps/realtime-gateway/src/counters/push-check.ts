/**
 * `pushRequest` of the protocol, its values checked by hand: a gateway takes ten thousands of them a second, and a schema
 * takes longer for one than most of what becomes of it. What is let through and what is not is the same (push-check.test.ts).
 */
import { z } from 'zod';
import {
  INCARNATION,
  REGIONS_MAX,
  REGION_NAME,
  isPageId,
  parseCounterName,
  pushRequest,
  type PushRequest,
  type WireValue,
} from '@headcount/protocol';

/** Fields of the row that a value is on the wire. */
const FIELDS = 8;

/** A push, refused where `pushRequest` refuses it; of a wrong value it is not said what is wrong with it. */
export const checkedPush: z.ZodType<PushRequest> = pushRequest
  .unwrap()
  .extend({
    values: z.custom<PushRequest['values']>(areValues, { error: 'not values' }),
  })
  .readonly();

/** No body is large enough for more of them than the schema lets through. */
function areValues(raw: unknown): boolean {
  return Array.isArray(raw) && raw.every(isValue);
}

function isValue(raw: unknown): raw is WireValue {
  if (!Array.isArray(raw) || raw.length !== FIELDS) return false;
  const [pageId, name, count, connections, updatedAtMs, incarnation, rev, staleRegions] =
    raw as readonly unknown[];
  return (
    typeof pageId === 'string' &&
    isPageId(pageId) &&
    typeof name === 'string' &&
    parseCounterName(name).ok &&
    Number.isSafeInteger(count) &&
    isCount(connections) &&
    (updatedAtMs === null || isCount(updatedAtMs)) &&
    typeof incarnation === 'string' &&
    INCARNATION.test(incarnation) &&
    isCount(rev) &&
    Array.isArray(staleRegions) &&
    staleRegions.length <= REGIONS_MAX &&
    staleRegions.every((region) => typeof region === 'string' && REGION_NAME.test(region))
  );
}

const isCount = (raw: unknown): boolean => Number.isSafeInteger(raw) && Number(raw) >= 0;
