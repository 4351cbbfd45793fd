export { AssertionError, assert } from './assert.js';
export {
  judge,
  nothingStored,
  receive,
  type FeedEntry,
  type FeedInterval,
  type FeedMessage,
  type FeedState,
  type FeedVerdict,
  type FeedWhole,
} from './feed.js';
export { FeedSource } from './feed-source.js';
export { continuity, isNews, type Continuity, type Versioned } from './filtered-feed.js';
export {
  UNTOUCHED,
  add as addToCounter,
  join as joinCounters,
  value as counterValue,
  type PnCounter,
  type Totals,
  type WriterId,
} from './pn-counter.js';
export {
  NOWHERE,
  compareRev,
  incarnationAt,
  laterPosition,
  type Position,
  type RevVersion,
} from './position.js';
export { NOBODY, isNobody, totalPresence, type Presence } from './presence.js';
