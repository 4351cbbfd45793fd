export { err, ok, type Result } from '@headcount/crdt';
export {
  ERRORS,
  HeadcountError,
  errorEntry,
  isErrorCode,
  orThrow,
  type ErrorCode,
  type ErrorEntry,
  type FieldFault,
} from './errors.js';

export {
  PAGE_ID_BYTES_MAX,
  SITE,
  demandPageId,
  isPageId,
  pageIdFault,
  parsePageId,
  type PageId,
} from './page-id.js';
export { utf8Length, utf8Text } from './utf8.js';
export { DATE_TIME_RULE, parseDateTime } from './date-time.js';
export { VIEWERS, parseCounterName, type CounterName } from './counter-name.js';
export {
  VIEWER_ID_BYTES_MAX,
  demandViewerId,
  parseViewerId,
  viewerIdFault,
  type ViewerId,
} from './viewer-id.js';
export {
  byLatest,
  totalOf,
  unreadOf,
  type PageModifications,
  type PageUnreadValue,
  type UnreadValue,
} from './unread-summary.js';
export {
  EVENT_OPERATION_PREFIX,
  MODIFICATIONS,
  RESERVED_COUNTERS,
  RESERVED_NAME_SIGNS,
  RESERVED_OPERATION_PREFIXES,
  isReservedOperationId,
} from './reserved.js';
export { parseOperationId, type OperationId } from './operation-id.js';
export { instanceIdBytes, instanceIdOf, parseInstanceId, type InstanceId } from './instance-id.js';
export {
  BUCKETS_DEFAULT,
  BUCKETS_MAX,
  BUCKETS_MIN,
  bucketOf,
  hash32,
  userBucketOf,
} from './hash.js';

export {
  DATAGRAM_BYTES_MAX,
  DROP_REASONS,
  MAC_BYTES,
  withMac,
  type Datagram,
  type DatagramRoute,
  type DropReason,
  type FeedDatagram,
  type FeedSection,
  type HaveDatagram,
  type HaveSection,
  type PageEntry,
  type ReceivedSection,
} from './datagram.js';
export { encodeFeedDatagrams, encodeHave } from './datagram-encode.js';
export {
  decodeDatagram,
  misplaced,
  type DecodeDropReason,
  type VerifyDatagram,
} from './datagram-decode.js';

export { INCARNATION, REGIONS_MAX, REGION_NAME, regionField } from './fields.js';
export { decodeValue, encodeValue, type CounterValue, type WireValue } from './counter-value.js';
export {
  BODY_BYTES_MAX,
  INTEREST_COUNTERS_MAX,
  PATHS,
  feedAnswer,
  feedRequest,
  goodbyeAnswer,
  goodbyeRequest,
  interestAnswer,
  interestRequest,
  pushRequest,
  syncAnswer,
  syncRequest,
  type FeedAnswer,
  type FeedRequest,
  type GoodbyeAnswer,
  type GoodbyeRequest,
  type InterestAnswer,
  type InterestRefused,
  type InterestRequest,
  type PushRequest,
  type SyncAnswer,
  type SyncRequest,
  type WireCounter,
  type WireFeedMessage,
} from './messages.js';

export {
  DIGEST_POSITIONS_MAX,
  DIGEST_WAIT_MS_MAX,
  PULL_ASKS_MAX,
  PULL_BYTES,
  digestAnswer,
  digestRequest,
  pullAnswer,
  pullRequest,
  type DigestAnswer,
  type DigestRequest,
  type PullAnswer,
  type PullRequest,
  type WirePart,
} from './region-messages.js';

export {
  TRENDING_ASKS_MAX,
  TRENDING_DEFAULTS,
  TRENDING_FIRST_MAX,
  TRENDING_NAMES_MAX,
  TRENDING_WINDOWS,
  TRENDING_WINDOW_SECONDS_MAX,
  TRENDING_WINDOW_SECONDS_MIN,
  trendingAnswer,
  trendingAsk,
  trendingRequest,
  trendingWindow,
  type PageGain,
  type TrendingAnswer,
  type TrendingArgs,
  type TrendingAsk,
  type TrendingRequest,
  type WireTrending,
} from './trending.js';

export {
  quotaAnswer,
  quotaRequest,
  type QuotaAnswer,
  type QuotaRequest,
} from './quota-messages.js';

export {
  FOLLOWS_ASKS_MAX,
  INTEREST_PAGES_MAX,
  INTEREST_USERS_MAX,
  PAIRS_MAX,
  TITLES_MAX,
  followOfWire,
  decodePageModifications,
  wireFollow,
  encodePageModifications,
  followsAnswer,
  followsRequest,
  titlesAnswer,
  titlesRequest,
  type FollowsAnswer,
  type FollowsRequest,
  type PageModificationsValue,
  type TitlesAnswer,
  type TitlesRequest,
  type WireFollow,
  type WireFollowsPart,
  type WirePageModifications,
} from './unread-messages.js';

export {
  SIGNATURE_HEADERS,
  TO_UNKNOWN,
  admit,
  answerInput,
  readSignedHead,
  signingInput,
  type ClaimedHead,
  type SignedAnswer,
  type SignedHead,
} from './signing.js';
