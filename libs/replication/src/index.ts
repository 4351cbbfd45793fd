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
export { WatchedBucket, type WatchedCounter } from './watched-bucket.js';
