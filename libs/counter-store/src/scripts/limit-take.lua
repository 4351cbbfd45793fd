--[[
limit-take: take from a limit that no window of time ever passes.
Time is cut into at most 60 slots a window. A slot counts in full until its last millisecond has left the window, so a window never
holds more than the limit, and what was taken comes back at most a slot later than it could.
KEYS[1] slots     hash     slot -> what was taken in it; at -> when something was taken last, in ms; ends by itself
ARGV[1] now       integer  milliseconds since 1970; empty: by the clock of Redis
ARGV[2] limit     integer  most that a window may hold
ARGV[3] windowMs  integer  its length; the same for all calls of a key
ARGV[4] cost      integer  what to take, all of it or nothing; 0 only looks
ARGV[5] isNewKept integer  1: a limit from which nothing is taken stays so, and the answer is 'new' where the cost would be taken from it
Returns { 'taken' | 'over' | 'new', what is left, ms until nothing counts any more, ms until the cost will be had or empty: never or at once }
Refuses nothing; over takes nothing
Retry   no: each call takes, so one whose answer was lost may count though nobody used it; never too little
Cost    O(slots), at most 61
Holds   Q1 no window of windowMs holds more than the highest limit asked for in it, by a clock that goes back by a window at most: a caller
        whose clock is behind what was taken last is taken to call at that time
        Q2 a clock that was ahead costs one window at most: what was taken more than a window from now counts as taken now
]]
--- @include clock
local slots = KEYS[1]
local clockMs, limit = clock_ms(ARGV[1]), tonumber(ARGV[2])
local windowMs, cost, isNewKept = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1'
local SLOTS = 60
local int = function(number) return ('%.0f'):format(number) end

local slotMs = math.ceil(windowMs / SLOTS)
local function leavesMs(slot) return (slot + 1) * slotMs - 1 + windowMs end

-- Q2: what lies beyond any window of this clock goes into its present slot.
local function come_back(held, clockMs)
  local present, ahead, late = int(math.floor(clockMs / slotMs)), {}, 0
  for i = 1, #held, 2 do
    if held[i] ~= 'at' and tonumber(held[i]) > tonumber(present) then
      ahead[#ahead + 1], late = held[i], late + tonumber(held[i + 1])
    end
  end
  if #ahead > 0 then redis.call('HDEL', slots, unpack(ahead)) end
  if late > 0 then redis.call('HINCRBY', slots, present, int(late)) end
  redis.call('HSET', slots, 'at', int(clockMs))
  redis.call('PEXPIRE', slots, int(leavesMs(tonumber(present)) - clockMs))
  return redis.call('HGETALL', slots)
end

local held, nowMs = redis.call('HGETALL', slots), clockMs
local atMs = tonumber(redis.call('HGET', slots, 'at') or clockMs)
if atMs > clockMs + windowMs then held = come_back(held, clockMs) else nowMs = math.max(clockMs, atMs) end
local counted, gone, sum = {}, {}, 0
for i = 1, #held, 2 do
  local slot = tonumber(held[i])
  if slot and leavesMs(slot) > nowMs then
    counted[#counted + 1] = { slot = slot, taken = tonumber(held[i + 1]) }
    sum = sum + tonumber(held[i + 1])
  elseif slot then gone[#gone + 1] = held[i] end
end
table.sort(counted, function(one, other) return one.slot < other.slot end)
local last = counted[#counted] and counted[#counted].slot

-- Compared without adding, for a sum may pass 2^53.
if cost > limit - sum then
  local free, retryMs = limit - sum, ''
  for _, each in ipairs(counted) do
    free = free + each.taken
    if retryMs == '' and cost <= free then retryMs = int(leavesMs(each.slot) - nowMs) end
  end
  return { 'over', int(math.max(0, limit - sum)), last and int(leavesMs(last) - nowMs) or '0', retryMs }
end

if #held == 0 and cost > 0 and isNewKept then return { 'new', int(limit), '0', '' } end
if cost > 0 then
  last = math.floor(nowMs / slotMs)
  redis.call('HINCRBY', slots, int(last), int(cost))
  redis.call('HSET', slots, 'at', int(nowMs))
  if #gone > 0 then redis.call('HDEL', slots, unpack(gone)) end
  -- By the clock that ends it nothing of it counts any more by then.
  redis.call('PEXPIRE', slots, int(leavesMs(last) - clockMs))
end
return { 'taken', int(limit - sum - cost), last and int(leavesMs(last) - nowMs) or '0', '' }
