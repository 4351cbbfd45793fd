--[[
window-read: what a windowed counter has gained in some slots of time, as of one instant (ADR 14).
KEYS[1] meta    hash    the bucket; its shelves are derived from it, under the same hash tag
ARGV[1] stem    string  of the counter
ARGV[2] ranges  list    of (kind, number of the first slot, number of the last one)
Returns { total of each slot in the order asked }: 0 for one that is not there, +-2^53 for one that is out of range
Refuses nothing
Retry   safe: it writes nothing
Cost    O(slots)
Holds   nothing is changed
]]
--- @include bucket
--- @include shelf
--- @include counter
local meta, stem = KEYS[1], ARGV[1]
local RANGES, RANGE = 2, 3

local bucket = bucket_peek(meta)
local totals = {}
for i = RANGES, #ARGV, RANGE do
  for slot = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]) do
    totals[#totals + 1] = int(durable_get(bucket, stem .. '@' .. ARGV[i] .. int(slot)).total)
  end
end
return totals
