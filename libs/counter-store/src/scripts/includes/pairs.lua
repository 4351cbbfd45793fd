--[[
pairs: modifications of a page that are one event, since two writers have counted one event id (DESIGN.md §8).
Zset `pairs:KEY`: 'W position W position' -> the greater of the two positions; W = the number of a writer in `writers`. They are
kept for the counters from which unread is computed, and found by what a reader lacks: one that lies below all of that changes nothing.
]]
--- @include bucket
--- @include counter
--- @include writers
local PAIRED = ' modifications'

local function pairs_key(bucket, key) return bucket.prefix .. 'pairs:' .. key end

-- Both are records, 'key amount writer seq position'. A key that is a digest does not tell its name.
local function pairs_put(bucket, record, keeper)
  local key, amount, writer, position = record:match('^(.*) (%-?%d+) (%S+) %d+ (%d+)$')
  local ofKey, ofWriter, ofPosition = keeper:match('^(.*) %-?%d+ (%S+) %d+ (%d+)$')
  local isPaired = key:sub(-#PAIRED) == PAIRED or (key:sub(1, 1) == '#' and not is_reserved(key))
  if not isPaired or key ~= ofKey or tonumber(amount) <= 0 then return end
  local member = writer_number(bucket, writer) .. ' ' .. position .. ' ' .. writer_number(bucket, ofWriter) .. ' ' .. ofPosition
  redis.call('ZADD', pairs_key(bucket, key), int(math.max(tonumber(position), tonumber(ofPosition))), member)
end
