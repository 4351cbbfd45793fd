export { SCOPE_USERS, actedFor, demandScope, demandScopeOn, viewable } from './auth/acting.js';
export { AuthGuard, Caller, ReadGrants } from './auth/auth.guard.js';
export { Authenticator, credentialsOf, tokenIn, type Credentials } from './auth/authenticator.js';
export { Grants, type GrantedPatterns } from './auth/grants.js';
export {
  SCOPE_OPERATE,
  demandOperator,
  operatorSettings,
  type OperatorConfig,
} from './auth/operators.js';
export { PUBLIC, PUBLIC_READ, Public, PublicRead } from './auth/public.js';
export {
  ANONYMOUS,
  callerKeyOf,
  type Anonymous,
  type Service,
  type Subject,
  type Viewer,
} from './auth/subject.js';

export { type Stoppable } from './bootstrap/stoppable.js';
export { runApp, type AppDefinition, type RunningApp } from './bootstrap/run-app.js';
export { StartError } from './bootstrap/start-error.js';
export { within } from './bootstrap/within.js';

export { authSettings, type AuthConfig } from './config/auth-settings.js';
export { counterPatternsSetting, counterSettings } from './config/counter-settings.js';
export { memorySettings } from './config/memory-settings.js';
export { showMemory } from './redis/memory-watch.js';
export { historySettings } from './config/history-settings.js';
export { regionSettings, type Peers } from './config/region-settings.js';
export { internalPortOf, internalPortSetting } from './config/internal-settings.js';
export { describeSettings } from './config/describe-settings.js';
export { choiceSetting, numberSetting, portSetting, urlListSetting } from './config/kinds.js';
export { type GraphqlLimits } from './config/limit-settings.js';
export { ConfigError, loadConfig, type Environment } from './config/load-config.js';
export { isLoopback } from './config/loopback.js';
export {
  allowsOrigin,
  originPolicyOf,
  originsSetting,
  restSettings,
  type OriginPolicy,
} from './config/origin-settings.js';
export {
  optionalSetting,
  setting,
  type ConfigOf,
  type ConfigRule,
  type Setting,
  type Settings,
} from './config/setting.js';
export {
  commonSettings,
  deploymentSettings,
  hostSettings,
  logSettings,
  redisSettings,
  type CommonConfig,
} from './config/shared-settings.js';

export { ClientAddresses } from './edge/client-addresses.js';
export { CrowdedAddresses } from './edge/crowded-addresses.js';
export { addressKey } from './edge/ip-address.js';

export { admit, type Admitted, type OperationAsked, type Refusal } from './graphql/admit.js';
export {
  FIRST_MAX,
  PartArgs,
  connectionOf,
  connectionType,
  decodePlace,
  encodePlace,
  firstOf,
  mapNodes,
  partOf,
  type Connection,
  type ListPlace,
} from './graphql/connection.js';
export { chargeOperation } from './graphql/charge-operation.js';
export { Cost } from './graphql/cost.decorator.js';
export { costFaults } from './graphql/cost-faults.js';
export { Counter } from './graphql/counter.object.js';
export { DateTime, rfc3339 } from './graphql/date-time.js';
export { documentLimits } from './graphql/document-limits.js';
export { nestingFault } from './graphql/nesting.js';
export { Representation, entitiesOf } from './graphql/federation/representations.js';
export { subgraphSdl, type SubgraphEntities } from './graphql/federation/subgraph-sdl.js';
export { subgraphResolver } from './graphql/federation/subgraph.resolver.js';
export { type CostByArgument, type FieldCost } from './graphql/field-cost.js';
export { formatGraphqlError, withoutSuggestion } from './graphql/format-error.js';
export { graphqlOptions } from './graphql/graphql-options.js';
export { SafeInt } from './graphql/safe-int.js';
export { TrendingArgs } from './graphql/trending-args.js';
export { TrendingPage } from './graphql/trending-page.object.js';
export { PageUnread, PageUnreadConnection, Unread, unreadPages } from './graphql/unread.object.js';

export { AllowedMethods } from './http/allowed-methods.js';
export { preferredType } from './http/accept.js';
export { GRAPHQL_PARAMETERS, demandJsonParameters } from './http/graphql-rules.js';
export {
  NotModified,
  demandPreconditions,
  preconditionsIn,
  type Preconditions,
  verdictOn,
} from './http/preconditions.js';
export { HttpRules } from './http/rest-rules.js';
export { strictJson } from './http/strict-json.js';
export { WHOLE_NUMBERS } from './http/body-parser.js';
export { PAGE_HEADERS } from './http/security-headers.js';
export { PROBLEM_SCHEMA, describeRest, type RestInterface } from './http/openapi.js';
export { answerOnSocket, answerRefusal } from './http/refusal.js';
export { problemOf, type Problem } from './http/problem.js';
export {
  bodyOf,
  demandNoFields,
  fieldRefusal,
  fieldsOf,
  optionalFieldsOf,
  refuseOthers,
} from './http/body.js';
export { Readiness, type ReadinessCheck } from './health/readiness.js';
export { Metrics } from './metrics/metrics.js';
export { CONFIG, PlatformModule, type PlatformOptions } from './platform.module.js';

export { AllowanceMetrics } from './rate-limits/allowance-metrics.js';
export { chargeWeight, endTurn } from './rate-limits/charge.js';
export { ExactLimits } from './rate-limits/exact-limits.js';
export { rateLimitFields, secondsOf } from './rate-limits/rate-limit-fields.js';
export {
  LIMIT_WINDOW_SECONDS_MAX,
  optionalRateSetting,
} from './rate-limits/rate-limit-settings.js';
export { RequestLimits } from './rate-limits/request-limits.js';
export { SlidingWindows, type RateLimit } from './rate-limits/sliding-windows.js';
export { operationWeight, weighedByList, weighedByQuery } from './rate-limits/weights.js';

export { available, written } from './redis/available.js';
export { JoinedRuns } from './redis/joined-runs.js';
export { RequestLoader, oneByOne, type RequestLoaderOptions } from './redis/request-loader.js';
export {
  RequestWork,
  currentRequest,
  demandStoreCall,
  forgetReads,
  outsideRequests,
  outsideRequestsAlways,
  withinRequest,
  type CallRefusal,
  type RequestWorkOptions,
} from './redis/request-work.js';
export {
  SHARED_TIMERS,
  openCounterRegion,
  wrongWithRedis,
  type CounterConfig,
  type CounterRegion,
  type RegionSources,
} from './redis/counter-region.js';
export { openRedis, openSubscriber, type RedisConfig } from './redis/open-redis.js';

export { INSTANCE, newInstance, type Instance } from './signing/instance.js';
export { Keyring } from './signing/keyring.js';
export { Keyrings, demandRoles } from './signing/keyrings.js';
export {
  RequestVerifier,
  type SignatureRefusal,
  type SignedRequest,
  type VerifierOptions,
} from './signing/request-verifier.js';
export { SignedBody } from './signing/signed-body.pipe.js';
export {
  SignedClient,
  type CallFailure,
  type SignedCall,
  type SignedClientOptions,
} from './signing/signed-client.js';
export { SignedClients } from './signing/signed-clients.js';
export { REQUEST_VERIFIER, Sender, SignedGuard, demandSigned } from './signing/signed.guard.js';
export type { SigningKey, SigningRole } from './signing/signing-keys.js';

export { CURSOR_PAGES_MAX, ReadCursors, type ReadCursor } from './unread/read-cursor.js';

export {
  CLOCK,
  IDS,
  RANDOM,
  systemClock,
  systemIds,
  systemRandom,
  type Clock,
  type Ids,
  type Random,
} from './sources.js';
