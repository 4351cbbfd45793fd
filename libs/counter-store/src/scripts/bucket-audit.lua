--[[
bucket-audit: recompute the presence registers of one shelf from the gateways' entries.
KEYS[1] meta      hash     the bucket
KEYS[2] gateways  hash     instance -> version stored
KEYS[3] entries   list     of the entries hash of every instance known in the bucket
ARGV[1] shelf     integer  taken modulo the number of shelves
Returns { registers compared, then per difference: counter key, register, sum } or { 'moved' } where KEYS misses an instance
Refuses nothing
Retry   safe: it writes nothing
Cost    O(fields of the shelf x instances)
Holds   R1 is what it checks
]]
--- @include bucket
--- @include shelf
--- @include counter
local meta, gateways = KEYS[1], KEYS[2]
local shelf = tonumber(ARGV[1])
local ENTRIES = 3

local bucket = bucket_peek(meta)
if redis.call('HLEN', gateways) ~= #KEYS - ENTRIES + 1 then return { 'moved' } end
local compared, differences = 0, {}
for _, field in ipairs(redis.call('HKEYS', shelf_key(bucket, shelf % bucket.shelves))) do
  if field:sub(1, 1) == '~' then
    local key, viewers, connections = field:sub(2), 0, 0
    for i = ENTRIES, #KEYS do
      local ofViewers, ofConnections = (redis.call('HGET', KEYS[i], key) or '0,0'):match('(%d+),(%d+)')
      viewers, connections = viewers + tonumber(ofViewers), connections + tonumber(ofConnections)
    end
    local held = presence_get(bucket, key)
    compared = compared + 1
    if held.viewers ~= viewers or held.connections ~= connections then
      for _, part in ipairs({ key, int(held.viewers) .. ',' .. int(held.connections), int(viewers) .. ',' .. int(connections) }) do
        differences[#differences + 1] = part
      end
    end
  end
end
return { compared, unpack(differences) }
