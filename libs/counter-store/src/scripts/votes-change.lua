--[[
votes-change: let voters vote, change their votes and take them back, on counters of one bucket; one change after the other.
KEYS[1] meta             hash     the bucket
KEYS[2] index            zset     counter -> rev; 'v\tcounter\tvoter' -> rev
KEYS[3] names            hash     digest -> full name
KEYS[4] choices          hash     'counter\tchoice' -> key of the counter of that choice, where it is a digest
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] nowMs            integer  milliseconds since 1970; empty: by the clock of Redis; informational
ARGV[7] trended          string   names of counters whose gains are kept for trend-read, separated by commas
ARGV[8] changes          list     of (vote | unvote, counter key, full name or empty, voter or digest, choice or empty, counter key of the
                                  choice, its full name or empty, ifNew: what is answered where a counter would be new, or empty)
Returns { incarnation, seq, rev, stale, replid, then per change: outcome, length, choice, viewers, connections, durable, updated }
        outcome is changed, created (changed, and a counter is new), same, or a refusal of that change alone; what follows is the vote after it and what its counter shows at the end
Refuses OUT_OF_RANGE: a total would pass 2^53-1, or a length has no next; TOO_MANY_COUNTERS; STORE_FULL, also where the vote itself would be new
Retry   safe: what is so already is the same
Cost    O(changes)
Holds   E1, E2, E3, B1, B2
]]
--- @include clock
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include sum
--- @include trend
--- @include writers
--- @include votes
--- @include vote-wishes
local meta, index, names = KEYS[1], KEYS[2], KEYS[3]
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local nowMs, trended = clock_ms(ARGV[6]), ARGV[7]
local CHANGES, FIELDS = 8, 8

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
trend_begin(bucket, trended)
local held, order = {}, {}
local function counter_of(key)
  if not held[key] then held[key] = durable_open(bucket, key) end
  return held[key]
end
local function touch(key)
  local counter = counter_of(key)
  if not counter.touched then order[#order + 1] = key end
  counter.touched = true
  return counter
end

local outcomes, votes = {}, {}
for i = CHANGES, #ARGV, FIELDS do
  local kind, key, name, voter, choice, choiceKey, choiceName, ifNew = unpack(ARGV, i, i + FIELDS - 1)
  local before = vote_get(bucket, key, voter)
  local vote = vote_wished(before, kind, choice)
  local isNews, outcome = vote.length ~= before.length, 'same'
  local moves = vote_moves(bucket, key, before, vote, choiceKey)
  local isNew = isNews and votes_make(moves, counter_of)
  local isRefused = ifNew ~= '' and (isNew or (ifNew == 'STORE_FULL' and before.length == 0))
  if isNews and votes_pass_bound(vote, moves, counter_of) then vote, outcome = before, 'OUT_OF_RANGE'
  elseif isNews and isRefused then vote, outcome = before, ifNew
  elseif isNews then
    outcome, bucket.seq = isNew and 'created' or 'changed', bucket.seq + 1
    if choice ~= '' then choice_name(bucket, key, choice, choiceKey) end
    if name ~= '' then redis.call('HSET', names, key, name) end
    if choiceName ~= '' then redis.call('HSET', names, choiceKey, choiceName) end
    vote_put(bucket, index, key, voter, vote)
    votes_count(bucket, moves, touch)
  end
  outcomes[#outcomes + 1], votes[#votes + 1] = outcome, vote
end
polls_save(bucket)
local views = {}
for _, key in ipairs(order) do
  held[key].updated = math.floor(nowMs / 1000)
  views[key] = durable_put(bucket, index, key, held[key])
end
index_trim(bucket, index)
trend_end(bucket, names, nowMs)
bucket_close(bucket)

local reply = { bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.stale, bucket.replid }
for i, outcome in ipairs(outcomes) do
  local key = ARGV[CHANGES + FIELDS * (i - 1) + 1]
  views[key] = views[key] or { counter_view(bucket, key, held[key]) }
  for _, part in ipairs({ outcome, int(votes[i].length), votes[i].choice, unpack(views[key]) }) do reply[#reply + 1] = part end
end
return reply
