--[[
merge-voids: joins void amounts of a peer into the bucket (DESIGN.md §7).
]]
--- @include bucket
--- @include slots
--- @include writers
--- @include merge
--- @include pairs
-- Whether the increment that a record stands for is counted here.
local function merge_is_counted(merge, record)
  local key, writer, seq = record:match('^(.*) %-?%d+ (%S+) (%d+) %d+$')
  if writer == merge.bucket.region .. '/' .. merge.bucket.incarnation then return true end
  local theirs = theirs_of(merge.bucket, key, merge_counter(merge, key), writer)
  return theirs ~= nil and theirs.seq >= tonumber(seq)
end

-- Of an id under several writers one record is the keeper, and counts; hash `voids:keepers`: id -> that record. All others of
-- the id are void because of it, so whoever is told of a void one is told of its keeper, and takes back no amount before
-- the keeper is counted: it may be lost on the way, and then the other one is all that there is.
local function merge_keep(merge, voids, id, keeper)
  local keepers = voids .. ':keepers'
  local held = redis.call('HGET', keepers, id)
  local function writer_of(record) return record:match('(%S+) %d+ %d+$') end
  if held and not is_after(writer_of(held), writer_of(keeper)) then return end
  redis.call('HSET', keepers, id, keeper)
  if not held then return end
  -- Seldom: a third writer. Whoever was told of the old keeper is told of the new one.
  for _, member in ipairs(redis.call('ZRANGE', voids, 0, -1)) do
    local key, ofId = member:match('^%S+ %-?%d+ %d+ %d+ ([^\t]+)\t(.*)$')
    if ofId == id then
      merge_touch(merge, key)
      merge.records[#merge.records + 1] = { log = voids, member = member, key = key }
    end
  end
end

-- Takes back an amount, once it and its keeper are counted here.
local function merge_void(merge, voids, id, record, keeper)
  local key, amount, writer, place = record:match('^(.*) (%-?%d+) (%S+) (%d+ %d+)$')
  if slot_is_over(key, merge.now) then return end
  if not merge_is_counted(merge, record) or not merge_is_counted(merge, keeper) then
    local field = id .. '\t' .. writer .. '\t' .. keeper:match('(%S+) %d+ %d+$')
    redis.call('HSET', voids .. ':waiting', field, record .. '\t' .. keeper)
    return
  end
  merge_keep(merge, voids, id, keeper)
  local member = writer .. ' ' .. amount .. ' ' .. place .. ' ' .. key .. '\t' .. id
  if redis.call('ZADD', voids, 'NX', '0', member) == 0 then return end
  local counter = merge_touch(merge, key)
  merge.records[#merge.records + 1] = { log = voids, member = member, key = key }
  durable_count(merge.bucket, key, counter, -tonumber(amount))
  pairs_put(merge.bucket, record, keeper)
end

local function merge_record(row, writer)
  return table.concat({ row[3], int(row[4]), writer, int(row[5]), int(row[6]) }, ' ')
end

local function merge_voids(merge, rows, voids)
  for _, row in ipairs(rows) do
    local name, incarnation = merge_writer(merge, row[2])
    local place, ofKey, seq, position = unpack(row[7])
    local keeperName, keeperIncarnation = merge_writer(merge, place)
    -- How much the keeper amounts to is not asked.
    local keeper = table.concat({ ofKey, '0', keeperName .. '/' .. keeperIncarnation, int(seq), int(position) }, ' ')
    merge_void(merge, voids, row[1], merge_record(row, name .. '/' .. incarnation), keeper)
  end
  -- As of records (merge-records.lua): what waits is let in by totals that came with this part alone.
  if #merge.order == 0 then return end
  local waiting = redis.call('HGETALL', voids .. ':waiting')
  for i = 1, #waiting, 2 do
    local record, keeper = waiting[i + 1]:match('^(.*)\t(.*)$')
    if merge_is_counted(merge, record) and merge_is_counted(merge, keeper) then
      redis.call('HDEL', voids .. ':waiting', waiting[i])
      merge_void(merge, voids, waiting[i]:match('^[^\t]+'), record, keeper)
    end
  end
end
