export {
  createHeadcount,
  type Headcount,
  type HeadcountOptions,
  type OnCount,
  type Stop,
  type Watching,
} from './headcount.js';
export { BadGatewayUrl } from './gateway-url.js';
export type { TokenSource } from './live-connection.js';
export type { LiveState } from './live-state.js';
export type { LiveCounter } from './operations.js';
export type { Refusal } from './refusal.js';
