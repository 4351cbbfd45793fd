--[[
merge-records: joins operation records and void amounts of a peer into the bucket (DESIGN.md §7). Needs merge, operation-ids.
]]
local function merge_void(merge, voids, writer, amount, key, id)
  local member = writer .. ' ' .. int(amount) .. ' ' .. key .. '\t' .. id
  if redis.call('ZADD', voids, 'NX', '0', member) == 0 then return end
  local counter = merge_touch(merge, key)
  merge.records[#merge.records + 1] = { log = voids, member = member, key = key }
  durable_count(merge.bucket, key, counter, -amount)
end

-- Of an id under two writers the least one keeps it (DESIGN.md §7).
local function merge_operations(merge, rows, ids, voids)
  for _, row in ipairs(rows) do
    local id, key, amount = row[1], row[3], row[4]
    local name, incarnation = merge_writer(merge, row[2])
    local writer = name .. '/' .. incarnation
    local record = key .. ' ' .. int(amount) .. ' ' .. writer
    local known = operation_record(ids, id)
    local ofKey, ofAmount, ofWriter
    if known then ofKey, ofAmount, ofWriter = known:match('^(.*) (%-?%d+) (%S*)$') end
    if not known or writer < ofWriter then
      redis.call('HDEL', ids.previous, id)
      redis.call('ZREM', ids.previous .. ':log', id)
      redis.call('HSET', ids.current, id, record)
      redis.call('ZADD', ids.current .. ':log', '0', id)
      merge_touch(merge, key)
      merge.records[#merge.records + 1] = { log = ids.current .. ':log', member = id, key = key }
      if known then merge_void(merge, voids, ofWriter, tonumber(ofAmount), ofKey, id) end
    elseif writer ~= ofWriter then
      merge_void(merge, voids, writer, amount, key, id)
    end
  end
end

local function merge_voids(merge, rows, voids)
  for _, row in ipairs(rows) do
    local name, incarnation = merge_writer(merge, row[2])
    merge_void(merge, voids, name .. '/' .. incarnation, row[4], row[3], row[1])
  end
end
