--[[
counters-add: add numbered batches of operations to durable counters, one batch a bucket, each as if it came alone.
KEYS[1] buckets          list     for each batch: meta, index, batches, operations0, operations1, names; on a Cluster of one bucket alone
        meta             hash     the bucket; opGeneration, opStartedMs, slotted
        index            zset     counter -> rev
        batches          hash     instance -> 'number,seconds,outcomes' of its last batch
        operations0      hash     operation id -> 'counter amount writer seq', one generation
        operations1      hash     the other generation
        names            hash     digest key -> full name
ARGV[1] region           string   name of this region where it has peers, else empty
ARGV[2] nowMs            integer  milliseconds since 1970; empty: by the clock of Redis; rotates the ids, and says which slots; else informational
ARGV[3] windowMs         integer  how long an operation id is kept at least
ARGV[4] idsMax           integer  ids in one generation
ARGV[5] idsPerViewerMax  integer  of these, of one viewer
ARGV[6] trended          string   names of counters whose gains are kept for trend-read, separated by commas
ARGV[7] peers            string   live regions, separated by commas, that have to be pulled from before a bounded counter is lowered
ARGV[8] batches          list     for each: candidate, seenIncarnation, seenSeq, seenRev, instance, number, sentUnder, runs, and so many times
                                  (counter key, full name or empty, amount, operation id [line break, former id] or empty, kind,
                                  answer where the counter would be new: STORE_FULL, TOO_MANY_COUNTERS or empty, operations, wanted: shown.lua)
        candidate        string   incarnation to begin if this Redis has forgotten
        seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
        instance         string   the caller
        number           integer  of this batch; the caller has one in flight a bucket and adds 1
        sentUnder        string   incarnation that the caller knew when it sent this batch first; '-': this is the first time
        operations       integer  so many alike, one after another, make a run; 1 where there is an id, or something wanted
Returns for each batch: { 'added' | 'again', incarnation, seq, rev, stale, replid, runs, then per run of those alike in outcome too: outcome,
        operations, step, viewers, connections, durable, updated }
        outcome is added, created (added, and new), replayed (its id was known), or a refusal of each of them alone; durable is
        that after the last of the run, and was lower by step before each of the others
        or { 'failed', why, '', '', '', '', '0' }: an error ended this batch alone; its outcome is unknown, the others stand
Refuses OUT_OF_RANGE: a total would pass 2^53-1; OPERATION_ID_REUSED: known with another body; OPERATION_IDS_FULL;
        TOO_MANY: of one viewer; BELOW_ZERO, QUOTA_ELSEWHERE: a bounded counter has not that much, or not here; PRECONDITION_FAILED: it
        does not show what is wanted; OUTCOME_UNKNOWN: without an id, sent before under an ended incarnation: a peer may have it
Retry   safe with the same numbers, each batch alone or with any others: answered from the record
Cost    O(operations); together because what each call costs is then paid once: making all functions, the replication id, the call itself
Holds   P1 totals only grow, up to 2^53-1; B1, B2, W1, Q2
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
--- @include runs
local region, _, windowMs, idsMax, idsPerViewerMax, trended, peers = unpack(ARGV, 1, 7)
local BATCHES, BATCH, RUN, KEYS_EACH = 8, 8, 8, 6
local nowMs, reply, firstArg = clock_ms(ARGV[2]), {}, BATCHES

-- The batch of the keys from `firstKey` on, which begins at ARGV[first].
local function add_batch(firstKey, first)
  local meta, index, batches, operations0, operations1, names = unpack(KEYS, firstKey, firstKey + KEYS_EACH - 1)
  local candidate, seenIncarnation, seenSeq, seenRev, instance, number, sentUnder, asked = unpack(ARGV, first, first + BATCH - 1)
  local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
  local lastNumber, _, lastOutcomes = (redis.call('HGET', batches, instance) or '0,0,'):match('(%d+),(%d+),(.*)')
  local again = tonumber(number) <= tonumber(lastNumber)
  -- What it was first sent under has ended and the batch is not recorded: forgotten here, but a peer may have it.
  local isDoubtful = bucket.shared and sentUnder ~= '-' and sentUnder ~= bucket.incarnation
  trend_begin(bucket, trended)
  -- Ids are opened at the first one: a batch without any does not pay for them.
  local book = additions_begin(bucket, names, math.floor(nowMs / 1000), peers)
  local function ids() return operation_ids_open(meta, operations0, operations1, nowMs, tonumber(windowMs), tonumber(idsMax), tonumber(idsPerViewerMax)) end

  local runs, views, recorded = {}, {}, runs_recorded(lastOutcomes)
  for i = first + BATCH, first + BATCH + RUN * (tonumber(asked) - 1), RUN do
    local key, amount, id = ARGV[i], tonumber(ARGV[i + 2]), ARGV[i + 3]
    runs_settle(runs, i, amount, tonumber(ARGV[i + 6]), again and recorded or function()
      if id == '' and isDoubtful then return 'OUTCOME_UNKNOWN', 1 end
      return additions_add(book, key, ARGV[i + 1], amount, id, ARGV[i + 4], ARGV[i + 5], ids, ARGV[i + 7]), 1, additions_total(book, key)
    end)
  end
  if not again then
    views = additions_end(book, index)
    redis.call('HSET', batches, instance, number .. ',' .. int(math.floor(nowMs / 1000)) .. ',' .. runs_record(runs))
    index_trim(bucket, index)
  end
  trend_end(bucket, names, nowMs)
  bucket_close(bucket)

  local head = { again and 'again' or 'added', bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.stale, bucket.replid, int(#runs) }
  return runs_reply(runs, head, function(key)
    views[key] = views[key] or { counter_view(bucket, key, book.held[key]) }
    return views[key]
  end)
end

for firstKey = 1, #KEYS, KEYS_EACH do
  local isDone, answer = pcall(add_batch, firstKey, firstArg)
  if not isDone then answer = { 'failed', type(answer) == 'table' and answer.err or answer, '', '', '', '', '0' } end
  for _, part in ipairs(answer) do reply[#reply + 1] = part end
  firstArg = firstArg + BATCH + RUN * tonumber(ARGV[firstArg + BATCH - 1])
end
return reply
