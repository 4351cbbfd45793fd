--[[
trend: what durable counters gain, for the names that are trended (ADR 11).
Time is cut into slots of ten seconds; S = milliseconds since 1970 / 10,000. Zset `trend:slot:S:NAME`: page -> what its counter
NAME gained in slot S. Zset `trend:sum:R:NAME`: page -> what it gained in the slots UPTO - R to UPTO, times -1, so that who gained
most comes first, and of equals the first by its id; '' -> inf says that the sum is there. Hash `trend:sums:NAME`: R -> UPTO.
What is learned from a peer counts in the slot in which it is learned, where it comes in an interval: whole state is history.
Slots end by themselves, sums when nobody has moved them on for a while. All of it may be lost, unlike anything else of a bucket.
Holds   T1 a sum is that of its slots: who changes a slot changes the sums over it in the same step, and a slot outlives them, so
        long as the clocks of its writers and readers are within eight minutes of each other
]]
--- @include bucket
local SLOT_MS = 10000
-- The longest window, how long a sum goes unread at most, and those minutes.
local SLOT_SECONDS, SUM_SECONDS = 3610 + 60 + 530, 60
local NOT_A_PAGE = '@site'

local function trend_slot(nowMs) return math.floor(nowMs / SLOT_MS) end

local function trend_slot_key(prefix, name, slot) return prefix .. 'trend:slot:' .. int(slot) .. ':' .. name end

local function trend_sum_key(prefix, name, reach) return prefix .. 'trend:sum:' .. int(reach) .. ':' .. name end

local function trend_sums_key(prefix, name) return prefix .. 'trend:sums:' .. name end

-- From here on durable_count notes what is gained. `trended`: names, separated by commas.
local function trend_begin(bucket, trended)
  if trended ~= '' then bucket.gains, bucket.trended = {}, ',' .. trended .. ',' end
end

-- What was gained, name by name: page -> gain. `names`: the hash of full names; whatever has gained is in it by now.
local function trend_gains(bucket, names)
  local gains = {}
  for key, gain in pairs(bucket.gains) do
    -- Without a space it is a digest.
    local counter = key:find(' ', 1, true) and key or redis.call('HGET', names, key) or ''
    local page, name = counter:match('^(.*) (.*)$')
    if gain ~= 0 and page ~= NOT_A_PAGE and bucket.trended:find(',' .. (name or ' ') .. ',', 1, true) then
      gains[name] = gains[name] or {}
      gains[name][page] = gain
    end
  end
  return gains
end

local function trend_add(prefix, name, slot, gains)
  local into = trend_slot_key(prefix, name, slot)
  for page, gain in pairs(gains) do redis.call('ZINCRBY', into, int(gain), page) end
  redis.call('EXPIRE', into, SLOT_SECONDS, 'NX')
  local sums = redis.call('HGETALL', trend_sums_key(prefix, name))
  for i = 1, #sums, 2 do
    local reach, upto = tonumber(sums[i]), tonumber(sums[i + 1])
    local sum = trend_sum_key(prefix, name, reach)
    if slot <= upto and slot >= upto - reach and redis.call('ZSCORE', sum, '') then
      for page, gain in pairs(gains) do redis.call('ZINCRBY', sum, int(-gain), page) end
    end
  end
end

-- Writes what was noted into the slot of `nowMs`. Once a script.
local function trend_end(bucket, names, nowMs)
  if not bucket.gains then return end
  for name, gains in pairs(trend_gains(bucket, names)) do trend_add(bucket.prefix, name, trend_slot(nowMs), gains) end
end
