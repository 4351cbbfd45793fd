export {
  createHeadcount,
  type Headcount,
  type HeadcountOptions,
  type OnCount,
  type Stop,
  type Watching,
} from './headcount.js';
export type { LiveState } from './live-state.js';
export type { LiveCounter } from './operations.js';
