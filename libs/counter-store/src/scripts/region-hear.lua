--[[
region-hear: keep the larger heartbeat of each region, and when it last moved.
KEYS[1] regions     hash     region -> 'heartbeat,heardAtMs'
ARGV[1] nowMs       integer  milliseconds since 1970, on this region's clock; informational
ARGV[2] how         string   'beat': of the own region, which moves in any case; 'hear': of others
ARGV[3] heartbeats  list     of (region, heartbeat)
Returns { regions whose heartbeat moved }
Refuses nothing
Retry   safe; a repeated beat beats once more
Cost    O(regions)
Holds   a heartbeat never falls while this Redis remembers
]]
local regions = KEYS[1]
local nowMs, how = ARGV[1], ARGV[2]
local HEARTBEATS = 3

local moved = 0
for i = HEARTBEATS, #ARGV, 2 do
  local held = tonumber((redis.call('HGET', regions, ARGV[i]) or '0'):match('^(%d+)'))
  local heartbeat = tonumber(ARGV[i + 1])
  if how == 'beat' then heartbeat = math.max(heartbeat, held + 1) end
  if heartbeat > held then
    redis.call('HSET', regions, ARGV[i], ('%.0f,%s'):format(heartbeat, nowMs))
    moved = moved + 1
  end
end
return { moved }
