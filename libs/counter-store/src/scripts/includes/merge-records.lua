--[[
merge-records: joins operation records and void amounts of a peer into the bucket (DESIGN.md §7). Needs merge, operation-ids.
]]
-- Whether the increment that a record stands for is counted here.
local function merge_is_counted(merge, record)
  local key, writer, seq = record:match('^(.*) %-?%d+ (%S+) (%d+)$')
  if writer == merge.bucket.region .. '/' .. merge.bucket.incarnation then return true end
  local theirs = theirs_of(merge.bucket, key, merge_counter(merge, key), writer)
  return theirs ~= nil and theirs.seq >= tonumber(seq)
end

-- Takes back an amount, which must be counted here: what is not waits, for where it is lost there is nothing to take back.
local function merge_void(merge, voids, id, record)
  local key, amount, writer, seq = record:match('^(.*) (%-?%d+) (%S+) (%d+)$')
  local member = writer .. ' ' .. amount .. ' ' .. seq .. ' ' .. key .. '\t' .. id
  if not merge_is_counted(merge, record) then redis.call('HSET', voids .. ':waiting', member, record) return end
  if redis.call('ZADD', voids, 'NX', '0', member) == 0 then return end
  local counter = merge_touch(merge, key)
  merge.records[#merge.records + 1] = { log = voids, member = member, key = key }
  durable_count(merge.bucket, key, counter, -tonumber(amount))
end

-- Of an id under two writers the least one keeps it (DESIGN.md §7).
local function merge_operation(merge, ids, voids, id, record)
  local key, writer = record:match('^(.*) %-?%d+ (%S+) %d+$')
  local known = operation_record(ids, id)
  local ofWriter = known and known:match('(%S*) %d+$')
  if not known or writer < ofWriter then
    redis.call('HDEL', ids.previous, id)
    redis.call('ZREM', ids.previous .. ':log', id)
    redis.call('HSET', ids.current, id, record)
    redis.call('ZADD', ids.current .. ':log', '0', id)
    merge_touch(merge, key)
    merge.records[#merge.records + 1] = { log = ids.current .. ':log', member = id, key = key }
    if known and ofWriter ~= '' then merge_void(merge, voids, id, known) end
  elseif writer ~= ofWriter then
    merge_void(merge, voids, id, record)
  end
end

local function merge_record(row, writer) return row[3] .. ' ' .. int(row[4]) .. ' ' .. writer .. ' ' .. int(row[5]) end

-- A record is taken once its increment is there, in this part or a later one.
local function merge_operations(merge, rows, ids, voids)
  for _, row in ipairs(rows) do
    local name, incarnation = merge_writer(merge, row[2])
    local record = merge_record(row, name .. '/' .. incarnation)
    if merge_is_counted(merge, record) then merge_operation(merge, ids, voids, row[1], record)
    else redis.call('HSET', ids.current .. ':waiting', row[1] .. '\t' .. name .. '/' .. incarnation, record) end
  end
  for _, waiting in ipairs({ ids.current .. ':waiting', ids.previous .. ':waiting' }) do
    local held = redis.call('HGETALL', waiting)
    for i = 1, #held, 2 do
      if merge_is_counted(merge, held[i + 1]) then
        redis.call('HDEL', waiting, held[i])
        merge_operation(merge, ids, voids, held[i]:match('^[^\t]+'), held[i + 1])
      end
    end
  end
end

local function merge_voids(merge, rows, voids)
  for _, row in ipairs(rows) do
    local name, incarnation = merge_writer(merge, row[2])
    merge_void(merge, voids, row[1], merge_record(row, name .. '/' .. incarnation))
  end
  local waiting = redis.call('HGETALL', voids .. ':waiting')
  for i = 1, #waiting, 2 do
    if merge_is_counted(merge, waiting[i + 1]) then
      redis.call('HDEL', voids .. ':waiting', waiting[i])
      merge_void(merge, voids, waiting[i]:match('\t(.*)$'), waiting[i + 1])
    end
  end
end
