export { AssertionError, assert } from './assert.js';
export { coverage, offersTo, type BucketFeeds, type FeedOffer } from './bucket-feeds.js';
export {
  NEVER_IN,
  bring as bringToSide,
  decode as decodeCausalLength,
  encode as encodeCausalLength,
  isIn,
  join as joinCausalLengths,
  type CausalLength,
} from './causal-length.js';
export {
  NEVER_FILLED,
  add as addToCausalLengthSet,
  decode as decodeCausalLengthSet,
  encode as encodeCausalLengthSet,
  has as causalLengthSetHas,
  join as joinCausalLengthSets,
  remove as removeFromCausalLengthSet,
  value as causalLengthSetValue,
  type CausalLengthSet,
} from './causal-length-set.js';
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
export { decodeMessage, decodePart, encodeMessage, encodePart } from './feed-json.js';
export { FeedSource } from './feed-source.js';
export { continuity, isNews, type Continuity, type Versioned } from './filtered-feed.js';
export {
  NEVER_FOLLOWED,
  NEVER_MUTED,
  decode as decodeFollow,
  encode as encodeFollow,
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
  decode as decodeGCounter,
  encode as encodeGCounter,
  join as joinGCounters,
  value as gCounterValue,
  type GCounter,
} from './g-counter.js';
export {
  NO_ELEMENTS,
  decode as decodeGSet,
  encode as encodeGSet,
  join as joinGSets,
  put as putIntoGSet,
  type GSet,
} from './g-set.js';
export {
  decodeIf,
  decodeInteger,
  decodeList,
  decodeName,
  decodeTuple,
  type Decode,
  type Json,
  type Malformed,
} from './json.js';
export {
  EMPTY_BOUNDED,
  change as changeBounded,
  decode as decodeBounded,
  encode as encodeBounded,
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
  decode as decodeCounter,
  encode as encodeCounter,
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
  decode as decodeRegionPresence,
  encode as encodeRegionPresence,
  join as joinRegionPresence,
  write as writePresence,
  type KnownRegions,
  type PresenceCount,
  type PresenceRegister,
  type RegionPresence,
} from './region-presence.js';
export {
  change as changeFeed,
  cut as cutFeed,
  nothingRelayed,
  offer as offerFeed,
  take as takeMessage,
  values as feedValues,
  type FeedKind,
  type RelayedFeed,
} from './relayed-feed.js';
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
export { intersection, lacking, type VersionSpan } from './version-span.js';
export {
  NOTHING_COVERED,
  advance as advanceVector,
  compare as compareVectors,
  covers,
  decode as decodeVector,
  encode as encodeVector,
  join as joinVectors,
  meet as meetVectors,
  versionOf,
  type Causality,
  type VersionVector,
} from './version-vector.js';
export {
  NOTHING_VOID,
  countWithout,
  decode as decodeVoidAmounts,
  encode as encodeVoidAmounts,
  join as joinVoidAmounts,
  value as voidTotal,
  voidAmounts,
  type OperationRecord,
  type VoidAmounts,
} from './void-amounts.js';
export {
  NEVER_VOTED,
  decode as decodeVote,
  encode as encodeVote,
  hasVoted,
  holdsVote,
  join as joinVotes,
  takeBack as takeBackVote,
  vote as castVote,
  type Vote,
} from './vote.js';
export {
  openStream,
  readPart,
  takePart,
  type Shelves,
  type StreamCursor,
  type StreamPart,
  type StreamProgress,
  type StreamVerdict,
  type StreamedInto,
} from './whole-stream.js';
export {
  decodeRegion,
  decodeWriter,
  incarnationOf,
  regionNamed,
  regionOf,
  writerOf,
  type Region,
  type Writer,
  type Writer as WriterId,
} from './writer.js';
