export {
  LOOKS,
  LOOKS_ALONE,
  NEVER_LOOKED,
  observe,
  type Heartbeat,
  type Liveness,
  type Look,
} from './liveness.js';
export { WatchedBucket, type WatchedCounter } from './watched-bucket.js';
