/** How one region asks another one for rights in a bounded counter: docs/protocol.md §8. */
import { z } from 'zod';
import {
  amountField,
  countField,
  counterNameField,
  pageIdField,
  regionField,
  versionField,
} from './fields.js';

/** POST quota: who asks for a counter's rights, and how much it needs at least. */
export const quotaRequest = z
  .strictObject({
    region: regionField,
    pageId: pageIdField,
    name: counterNameField,
    wanted: versionField,
  })
  .readonly();
export type QuotaRequest = z.infer<typeof quotaRequest>;

/** What was given, to be heard by gossip, and what the region that gave has left. */
export const quotaAnswer = z.object({ given: countField, left: amountField }).readonly();
export type QuotaAnswer = z.infer<typeof quotaAnswer>;
