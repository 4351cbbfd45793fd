export { countOut } from './count-out.js';
export {
  LOOKS,
  LOOKS_ALONE,
  NEVER_LOOKED,
  observe,
  type Heartbeat,
  type Liveness,
  type Look,
} from './liveness.js';
export { Looker, type LookerOptions, type StoredGateways } from './looker.js';
export { Sweeper, type SweeperOptions } from './sweeper.js';
export { CounterCache, type CounterCacheOptions } from './watch/counter-cache.js';
export { counterOf, type CounterRef } from './watch/counter-of.js';
export type { PushOutcome, PushWay } from './watch/push-stream.js';
export type { WatchTimers } from './watch/timers.js';
export type { Followers } from './watch/followers.js';
export { Watch, type WatchOptions, type WatchingGateway } from './watch/watch.js';
export { WatchedBucket } from './watch/watched-bucket.js';
export type { WatchedCounter, Watcher } from './watch/watched.js';
export { ownerOf } from './gossip/ownership.js';
export { Gossip, type GossipOptions } from './gossip/gossip.js';
export type { LinkFailure, PeerLink } from './gossip/peer-link.js';
export type { GossipTimers } from './gossip/timers.js';
export type { AnswerRefusal } from './gossip/region-answers.js';
