--[[
counters-add: add one numbered batch of operations to the durable counters of one bucket.
KEYS[1] meta             hash     the bucket; opGeneration, opStartedMs, slotted
KEYS[2] index            zset     counter -> rev
KEYS[3] batches          hash     instance -> 'number,seconds,outcomes' of its last batch
KEYS[4] operations0      hash     operation id -> 'counter amount writer seq', one generation
KEYS[5] operations1      hash     the other generation
KEYS[6] names            hash     digest key -> full name
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] nowMs            integer  milliseconds since 1970; rotates the ids, and says which slots; else informational
ARGV[7] instance         string   the caller
ARGV[8] number           integer  of this batch; the caller has one in flight a bucket and adds 1
ARGV[9] windowMs         integer  how long an operation id is kept at least
ARGV[10] idsMax           integer  ids in one generation
ARGV[11] sentUnder       string   incarnation that the caller knew when it sent this batch first; '-': this is the first time
ARGV[12] trended         string   names of counters whose gains are kept for trend-read, separated by commas
ARGV[13] peers           string   live regions, separated by commas, that have to be pulled from before a bounded counter is lowered
ARGV[14] changes         list     of (counter key, full name or empty, amount, operation id or empty, kind as in additions)
Returns { 'added' | 'again', incarnation, seq, rev, stale, replid, then per operation: outcome, viewers, connections, durable, updated }
        outcome is added, replayed (its id was known), or a refusal of that operation alone
Refuses OUT_OF_RANGE: a total would pass 2^53-1; OPERATION_ID_REUSED: known with another body; OPERATION_IDS_FULL;
        BELOW_ZERO, QUOTA_ELSEWHERE: a bounded counter has not that much, or not here;
        OUTCOME_UNKNOWN: without an id, sent before under an incarnation that has ended, so that a peer may have it
Retry   safe with the same number: answered from the record
Cost    O(operations)
Holds   P1 totals only grow, up to 2^53-1; B1, B2, W1, Q2
]]
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
local meta, index, batches, operations0, operations1, names = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local nowMs, instance, number = tonumber(ARGV[6]), ARGV[7], tonumber(ARGV[8])
local windowMs, idsMax, sentUnder, trended, peers = tonumber(ARGV[9]), tonumber(ARGV[10]), ARGV[11], ARGV[12], ARGV[13]
local CHANGES, CHANGE = 14, 5
local now = math.floor(nowMs / 1000)

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
local lastNumber, _, lastOutcomes = (redis.call('HGET', batches, instance) or '0,0,'):match('(%d+),(%d+),(.*)')
local again = number <= tonumber(lastNumber)
-- What it was first sent under has ended and the batch is not recorded: forgotten here, but a peer may have it.
local isDoubtful = bucket.shared and sentUnder ~= '-' and sentUnder ~= bucket.incarnation

trend_begin(bucket, trended)
local book = additions_begin(bucket, names, now, peers)
-- Opened at the first id, so that a batch without ids does not pay for them.
local function ids() return operation_ids_open(meta, operations0, operations1, nowMs, windowMs, idsMax) end

local outcomes, totals, views = {}, {}, {}
if again then
  for outcome in lastOutcomes:gmatch('[^,]+') do outcomes[#outcomes + 1] = outcome end
else
  for i = CHANGES, #ARGV, CHANGE do
    local key, id = ARGV[i], ARGV[i + 3]
    if id == '' and isDoubtful then outcomes[#outcomes + 1] = 'OUTCOME_UNKNOWN'
    else outcomes[#outcomes + 1] = additions_add(book, key, ARGV[i + 1], tonumber(ARGV[i + 2]), id, ARGV[i + 4], ids) end
    totals[#outcomes] = additions_total(book, key)
  end
  views = additions_end(book, index)
  redis.call('HSET', batches, instance, int(number) .. ',' .. int(now) .. ',' .. table.concat(outcomes, ','))
  index_trim(bucket, index)
end
trend_end(bucket, names, nowMs)
bucket_close(bucket)

local reply = { again and 'again' or 'added', bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.stale, bucket.replid }
for i, outcome in ipairs(outcomes) do
  local key = ARGV[CHANGES + CHANGE * (i - 1)]
  views[key] = views[key] or { counter_view(bucket, key, book.held[key]) }
  local view = views[key]
  for _, part in ipairs({ outcome, view[1], view[2], totals[i] or view[3], view[4] }) do reply[#reply + 1] = part end
end
return reply
