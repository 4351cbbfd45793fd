--[[
counter-set: give a durable counter the value that an operator says, and room to count on from there (ADR 18).
KEYS[1] meta             hash     the bucket; opGeneration, opStartedMs, slotted, rewound
KEYS[2] index            zset     counter -> rev
KEYS[3] operations0      hash     operation id -> record, one generation; its log beside it
KEYS[4] operations1      hash     the other generation
KEYS[5] names            hash     digest key -> full name
KEYS[6] sets             list     what operators have set in this bucket, the latest first
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten, or the counter has no room
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] nowMs            integer  milliseconds since 1970; empty: by the clock of Redis; rotates the ids, and says which slots; else informational
ARGV[7] windowMs         integer  how long an operation id is kept at least
ARGV[8] idsMax           integer  ids in one generation
ARGV[9] trended          string   names of counters whose gains are kept for trend-read, separated by commas
ARGV[10] peers           string   live regions, separated by commas, that have to be pulled from before a bounded counter is lowered
ARGV[11] counter         string   key of the counter
ARGV[12] name            string   its full name where the key is a digest, else empty
ARGV[13] kind            string   as in additions
ARGV[14] value           integer  within +-10^15; not below 0 where the counter is bounded
ARGV[15] id              string   operation id, or empty
ARGV[16] entry           string   JSON object of what else the list of sets says of it
ARGV[17] setsMax         integer  entries kept in that list
Returns { outcome, total before, incarnation, seq, rev, stale, replid, viewers, connections, durable, updated }
        outcome is set, replayed (its id was known), or a refusal; the total is +-2^53 where it passed the bound, empty where it is not known
Refuses OPERATION_ID_REUSED: known with another counter or value; OPERATION_IDS_FULL; QUOTA_ELSEWHERE: other regions hold what a
        bounded counter would be lowered by
Retry   safe with an id, for as long as that is kept
Cost    O(writers + void amounts of the bucket)
Holds   P1, P2, B1, B2, W1, Q1, Q2
]]
--- @include clock
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include sum
--- @include trend
--- @include writers
--- @include operation-ids
--- @include regions
--- @include slots
--- @include quota
--- @include additions
--- @include sets
local meta, index, operations0, operations1, names, sets = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev, region, _, _, _, trended, peers = unpack(ARGV, 1, 10)
local nowMs, windowMs, idsMax = clock_ms(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local key, name, kind, value, id, entry, setsMax = unpack(ARGV, 11, 17)
value = tonumber(value)
local now = math.floor(nowMs / 1000)
local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
trend_begin(bucket, trended)
local ids = id ~= '' and operation_ids_open(meta, operations0, operations1, nowMs, windowMs, idsMax)
local isBounded, isWindowed, stem = '', '', ''
if kind ~= '' then isBounded, isWindowed, stem = kind:match('^(b?)(w?) (.*)$') end
local slotted = isWindowed ~= '' and stem
-- As in pairs.lua; what is no digest is its own name.
local isPaired = (name ~= '' and name or key):find(' modifications$') ~= nil

local function answer(outcome, before, view)
  trend_end(bucket, names, nowMs)
  bucket_close(bucket)
  return { outcome, before, bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.stale, bucket.replid, unpack(view) }
end

local set = { bucket = bucket, index = index, names = names, key = key, slotted = slotted, now = now, peers = peers, ids = ids,
  id = id, value = value, isPaired = isPaired, candidate = candidate, seenIncarnation = seenIncarnation }
local book = set_book(set)
local counter = additions_counter(book, key)
local before = int(counter.total)
local outcome, beforeThen
if ids then outcome, beforeThen = set_known(set) end
local amounts = set_amounts(set, counter)
local lowered = isBounded ~= '' and quota_refusal(book, key, counter, stem, value - counter.total)
outcome = outcome or (lowered and 'QUOTA_ELSEWHERE') or nil
if outcome then return answer(outcome, beforeThen or before, { counter_view(bucket, key, counter) }) end

if name ~= '' then redis.call('HSET', names, key, name) end
if slotted then slots_note(bucket) end
set_make(set, book, amounts)
index_trim(bucket, index)
if ids then redis.call('HSET', ids.current, set_mark(set), set_body(set) .. ' ' .. before) end
redis.call('LPUSH', sets, ('{"atMs":%s,"before":%s,"after":%s,'):format(int(nowMs), before, int(value)) .. entry:sub(2))
redis.call('LTRIM', sets, '0', int(setsMax - 1))
return answer('set', before, { counter_view(bucket, key) })
