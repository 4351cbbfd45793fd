--[[
trend-read: the pages of one bucket whose counter of some name gained most of late, the present slot included (ADR 11).
KEYS[1] meta     hash     the bucket; slots and sums are derived from it, under the same hash tag
ARGV[1] name     string   a counter's
ARGV[2] nowMs    integer  milliseconds since 1970; empty: by the clock of Redis
ARGV[3] reach    integer  slots before the present one that count too
ARGV[4] first    integer  how many pages at most
Returns { page, gain times -1, ... }: who gained most first, of equals the first by the bytes of its id; only who gained at all
Refuses nothing
Retry   safe
Cost    O(log pages + first); once a slot also O(pages of the slots that come and go), and where nobody has read this reach for a
        minute O(pages of the window)
Holds   T1
]]
--- @include clock
--- @include bucket
--- @include trend
local meta = KEYS[1]
local name, nowMs, reach, first = ARGV[1], clock_ms(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local prefix = meta:sub(1, -5)
local sum, sums = trend_sum_key(prefix, name, reach), trend_sums_key(prefix, name)

-- Takes a slot into the sum, or out of it (-1).
local function take(slot, sign)
  local gains = redis.call('ZRANGE', trend_slot_key(prefix, name, slot), 0, -1, 'WITHSCORES')
  for i = 1, #gains, 2 do redis.call('ZINCRBY', sum, int(-sign * tonumber(gains[i + 1])), gains[i]) end
end

-- The sum anew from its slots; those that are not there are empty.
local function make(upto)
  local slots, weights = {}, {}
  for slot = upto - reach, upto do
    slots[#slots + 1] = trend_slot_key(prefix, name, slot)
    weights[#weights + 1] = '-1'
  end
  for _, part in ipairs(weights) do slots[#slots + 1] = part end
  table.insert(slots, #weights + 1, 'WEIGHTS')
  redis.call('ZUNIONSTORE', sum, #weights, unpack(slots))
  redis.call('ZADD', sum, 'inf', '')
end

local present = trend_slot(nowMs)
local upto = redis.call('ZSCORE', sum, '') and tonumber(redis.call('HGET', sums, int(reach)))
-- Clocks differ: who is behind by a moment is shown what is there, else two readers would make it anew in turns.
if upto ~= present and upto ~= present + 1 then
  if upto and upto < present and present - upto <= reach then
    for slot = upto + 1, present do
      take(slot, 1)
      take(slot - reach - 1, -1)
    end
    redis.call('ZREMRANGEBYSCORE', sum, 0, 0)
  else
    make(present)
  end
  redis.call('HSET', sums, int(reach), int(present))
  redis.call('EXPIRE', sum, SUM_SECONDS)
  redis.call('EXPIRE', sums, SUM_SECONDS)
end
return redis.call('ZRANGE', sum, '-inf', '(0', 'BYSCORE', 'LIMIT', 0, first, 'WITHSCORES')
