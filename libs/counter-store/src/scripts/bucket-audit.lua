--[[
bucket-audit: recompute what one shelf sums up: presence registers from the gateways' entries, totals from all writers.
KEYS[1] meta      hash     the bucket
KEYS[2] gateways  hash     instance -> version stored
KEYS[3] entries   list     of the entries hash of every instance known in the bucket
ARGV[1] shelf     integer  taken modulo the number of shelves
Returns { sums compared, then per difference: counter key, register, sum } or { 'moved' } where KEYS misses an instance
Refuses nothing
Retry   safe: it writes nothing
Cost    O(fields of the shelf x (instances + writers))
Holds   R1 and the totals of durable counters are what it checks
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include sum
--- @include writers
local meta, gateways = KEYS[1], KEYS[2]
local shelf = tonumber(ARGV[1])
local ENTRIES = 3

local bucket = bucket_peek(meta)
if redis.call('HLEN', gateways) ~= #KEYS - ENTRIES + 1 then return { 'moved' } end
-- One may have gone and another come meanwhile.
for i = ENTRIES, #KEYS do
  if redis.call('HEXISTS', gateways, KEYS[i]:match('gateway:(.+)$')) == 0 then return { 'moved' } end
end
local compared, differences = 0, {}
local function compare(key, held, sum)
  compared = compared + 1
  if held == sum then return end
  for _, part in ipairs({ key, held, sum }) do differences[#differences + 1] = part end
end

local fields, held = redis.call('HGETALL', shelf_key(bucket, shelf % bucket.shelves)), {}
for i = 1, #fields, 2 do held[fields[i]] = fields[i + 1] end
local parts = sum_parts(bucket, function(field) return held[field] end)
for i = 1, #fields, 2 do
  local field = fields[i]
  local key = shelf_counter(field)
  if field == key then
    local counter = durable_parse(held[key])
    counter.theirs = {}
    compare(key, int(counter.total), int(durable_sum(bucket, key, counter, parts)))
  elseif field == key .. '\t~' then
    local viewers, connections = 0, 0
    for i = ENTRIES, #KEYS do
      local ofViewers, ofConnections = (redis.call('HGET', KEYS[i], key) or '0,0'):match('(%d+),(%d+)')
      viewers, connections = viewers + tonumber(ofViewers), connections + tonumber(ofConnections)
    end
    local presence = presence_parse(held[field])
    compare(key, int(presence.viewers) .. ',' .. int(presence.connections), int(viewers) .. ',' .. int(connections))
  end
end
return { compared, unpack(differences) }
