/** How many store calls what users have not read takes, so that what is promised of it fits into the budget of a request. */
import type { NotificationConfig } from '../settings.js';

type Sizes = Pick<NotificationConfig, 'BUCKETS' | 'FOLLOWS_MAX' | 'STORE_CALLS_PER_REQUEST_MAX'>;

/** Follows of one step, and pages of one script, about. */
const STEP = 500;

/** What a digest needs to get on, in any case: it looks into 64 buckets at the same time. */
const DIGEST_STEP = 200;

/** Calls at most for all that so many users have not read, who follow as many pages as they may. */
export function unreadCalls({ BUCKETS, FOLLOWS_MAX }: Sizes, users: number): number {
  const steps = users * (Math.ceil(FOLLOWS_MAX / STEP) + 3);
  const pages = users * FOLLOWS_MAX;
  return steps + Math.min(BUCKETS, pages) + Math.ceil(pages / STEP);
}

/**
 * Calls that a request may make: as set, or what a user needs who marks as much as possible as read, where there are so many
 * buckets that this is more.
 */
export function callsOfRequest(sizes: Sizes): number {
  const marks = Math.ceil(sizes.FOLLOWS_MAX / STEP);
  const most = 2 * unreadCalls(sizes, 1) + marks + 10;
  return Math.max(sizes.STORE_CALLS_PER_REQUEST_MAX, most, DIGEST_STEP);
}
