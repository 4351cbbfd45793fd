export { describeFault, type Fault } from './plan/fault.js';
export { drawPlan, type Plan } from './plan/plan.js';
export { RealRedis, type ScriptChange } from './redis/real-redis.js';
export { REGIONS_MAX, startServers, stopServers } from './redis/servers.js';
export { REGRESSIONS } from './regressions.js';
export { runSeed, type SeedOptions, type Verdict } from './run-seed.js';
export { describeFailure, shrink, type Shrunken } from './shrink.js';
