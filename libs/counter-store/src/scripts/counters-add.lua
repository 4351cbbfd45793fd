--[[
counters-add: add one numbered batch of operations to the durable counters of one bucket.
KEYS[1] meta             hash     the bucket; opGeneration, opStartedMs
KEYS[2] index            zset     counter -> rev
KEYS[3] batches          hash     instance -> 'number,seconds,outcomes' of its last batch
KEYS[4] operations0      hash     operation id -> 'counter amount', one generation
KEYS[5] operations1      hash     the other generation
KEYS[6] names            hash     digest key -> full name
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] nowMs            integer  milliseconds since 1970; rotates the ids, else informational
ARGV[6] instance         string   the caller
ARGV[7] number           integer  of this batch; the caller has one in flight a bucket and adds 1
ARGV[8] windowMs         integer  how long an operation id is kept at least
ARGV[9] idsMax           integer  ids in one generation
ARGV[10] changes         list     of (counter key, full name or empty, amount, operation id or empty)
Returns { 'added' | 'again', incarnation, seq, rev, then per operation: outcome, viewers, connections, durable, updated }
        outcome is added, replayed (its id was known), or a refusal of that operation alone
Refuses OUT_OF_RANGE: a total would pass 2^53-1; OPERATION_ID_REUSED: known with another body; OPERATION_IDS_FULL
Retry   safe with the same number: answered from the record
Cost    O(operations)
Holds   P1 totals only grow, up to 2^53-1; B1, B2
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include operation-ids
local meta, index, batches, operations0, operations1, names = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local nowMs, instance, number = tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7])
local windowMs, idsMax = tonumber(ARGV[8]), tonumber(ARGV[9])
local CHANGES, MAX = 10, 9007199254740991
local now = math.floor(nowMs / 1000)

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev)
local lastNumber, _, lastOutcomes = (redis.call('HGET', batches, instance) or '0,0,'):match('(%d+),(%d+),(.*)')
local again = number <= tonumber(lastNumber)

local held, order = {}, {}
local function counter_of(key)
  if not held[key] then held[key] = durable_get(bucket, key) end
  return held[key]
end

-- Opened at the first id, so that a batch without ids does not pay for them.
local ids
local function outcome_by_id(id, body)
  ids = ids or operation_ids_open(meta, operations0, operations1, nowMs, windowMs, idsMax)
  return operation_id_outcome(ids, id, body)
end

local function add(key, name, amount, id)
  local counter, body = counter_of(key), key .. ' ' .. int(amount)
  local settled = id ~= '' and outcome_by_id(id, body)
  if settled then return settled end
  local up, down = counter.up + math.max(amount, 0), counter.down + math.max(-amount, 0)
  if up > MAX or down > MAX then return 'OUT_OF_RANGE' end
  if id ~= '' then redis.call('HSET', ids.current, id, body) end
  if name ~= '' then redis.call('HSET', names, key, name) end
  if not counter.touched then order[#order + 1] = key end
  counter.up, counter.down, counter.total, counter.touched = up, down, counter.total + amount, true
  return 'added'
end

local outcomes, totals, views = {}, {}, {}
if again then
  for outcome in lastOutcomes:gmatch('[^,]+') do outcomes[#outcomes + 1] = outcome end
else
  for i = CHANGES, #ARGV, 4 do
    outcomes[#outcomes + 1] = add(ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), ARGV[i + 3])
    totals[#outcomes] = int(counter_of(ARGV[i]).total)
  end
  for _, key in ipairs(order) do
    local counter = held[key]
    bucket.seq = bucket.seq + 1
    counter.updated = now
    shelf_set(bucket, key, ('%.0f,%.0f,%.0f,%.0f,%.0f'):format(counter.up, counter.down, counter.total, bucket.seq, now))
    views[key] = counter_touch(bucket, index, key, counter)
  end
  redis.call('HSET', batches, instance, int(number) .. ',' .. int(now) .. ',' .. table.concat(outcomes, ','))
  index_trim(bucket, index)
end
bucket_close(bucket)

local reply = { again and 'again' or 'added', bucket.incarnation, int(bucket.seq), int(bucket.rev) }
for i, outcome in ipairs(outcomes) do
  local key = ARGV[CHANGES + 4 * (i - 1)]
  views[key] = views[key] or { counter_view(bucket, key, held[key]) }
  local view = views[key]
  for _, part in ipairs({ outcome, view[1], view[2], totals[i] or view[3], view[4] }) do reply[#reply + 1] = part end
end
return reply
