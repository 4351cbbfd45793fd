import { defineScript } from '../define-script.js';
import { integer } from './replies.js';

/** A register that is not the sum of its entries, both as 'viewers,connections'. */
export interface AuditDifference {
  readonly key: string;
  readonly register: string;
  readonly sum: string;
}

/** How many registers were compared and which differ, or null where the bucket's gateways changed meanwhile. */
export type BucketAudited = {
  readonly compared: number;
  readonly differences: readonly AuditDifference[];
} | null;

/** Typed door to bucket-audit.lua, whose header is the contract. */
export const bucketAudit = defineScript<BucketAudited>({
  name: 'bucket-audit',
  keys: ['meta', 'gateways', 'entries'],
  args: ['shelf'],
  decode: ([compared, ...rest]) => {
    if (compared === 'moved') return null;
    const differences: AuditDifference[] = [];
    for (let at = 0; at < rest.length; at += 3) {
      differences.push({
        key: rest[at] ?? '',
        register: rest[at + 1] ?? '',
        sum: rest[at + 2] ?? '',
      });
    }
    return { compared: integer(compared), differences };
  },
});
