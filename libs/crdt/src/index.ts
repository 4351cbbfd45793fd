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
  NEVER_FOLLOWED,
  NEVER_MUTED,
  follow,
  holdsFollow,
  isFollowed,
  isMuted,
  join as joinFollows,
  mark as markFollow,
  mute as muteFollow,
  unfollow,
  type Follow,
  type Mute,
} from './follow.js';
export {
  NOT_RAISED,
  add as raiseGCounter,
  join as joinGCounters,
  value as gCounterValue,
  type GCounter,
} from './g-counter.js';
export { NO_ELEMENTS, join as joinGSets, put as putIntoGSet, type GSet } from './g-set.js';
export {
  EMPTY_BOUNDED,
  change as changeBounded,
  give as giveBounded,
  join as joinBounded,
  rights as boundedRights,
  value as boundedValue,
  type BoundedCounter,
  type BoundedRefusal,
} from './bounded-counter.js';
export {
  UNTOUCHED,
  add as addToCounter,
  join as joinCounters,
  value as counterValue,
  type PnCounter,
  type Totals,
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
export {
  UNSEEN,
  count as presenceCount,
  join as joinRegionPresence,
  write as writePresence,
  type PresenceCount,
  type PresenceRegister,
  type RegionPresence,
} from './region-presence.js';
export {
  compareRegionVersions,
  coversRegions,
  joinRegionVectors,
  type RegionVector,
  type RegionVersion,
} from './region-vector.js';
export { err, ok, type Result } from './result.js';
export { safeValue } from './safe-value.js';
export { pairsMatterAbove, unread, type Modification, type VoidPair } from './unread.js';
export {
  NOTHING_COVERED,
  advance as advanceVector,
  compare as compareVectors,
  covers,
  join as joinVectors,
  versionOf,
  type Causality,
  type VersionVector,
} from './version-vector.js';
export {
  NOTHING_VOID,
  countWithout,
  join as joinVoidAmounts,
  value as voidTotal,
  voidAmounts,
  type OperationRecord,
  type VoidAmounts,
} from './void-amounts.js';
export {
  NEVER_VOTED,
  hasVoted,
  holdsVote,
  join as joinVotes,
  takeBack as takeBackVote,
  vote as castVote,
  type Vote,
} from './vote.js';
export {
  incarnationOf,
  isWriter,
  regionNamed,
  regionOf,
  writerOf,
  type Region,
  type Writer,
} from './writer.js';
