--[[
merge-records: joins operation records of a peer into the bucket (DESIGN.md §7).
]]
--- @include bucket
--- @include operation-ids
--- @include slots
--- @include merge
--- @include merge-voids
-- Of an id under two writers the least one keeps it (DESIGN.md §7).
local function merge_operation(merge, ids, voids, id, record)
  local key, writer = record:match('^(.*) %-?%d+ (%S+) %d+ %d+$')
  local known = operation_record_of(merge.bucket, ids, id)
  local ofWriter = known and known:match('(%S+) %d+ %d+$')
  if not known or is_after(ofWriter, writer) then
    redis.call('HDEL', ids.previous, id)
    redis.call('ZREM', ids.previous .. ':log', id)
    redis.call('HSET', ids.current, id, record)
    redis.call('ZADD', ids.current .. ':log', '0', id)
    merge_touch(merge, key)
    merge.records[#merge.records + 1] = { log = ids.current .. ':log', member = id, key = key }
    if known then merge_void(merge, voids, id, known, record) end
  elseif writer ~= ofWriter then
    merge_void(merge, voids, id, record, known)
  end
end

-- A record is taken once its increment is there, in this part or a later one.
local function merge_operations(merge, rows, ids, voids)
  for _, row in ipairs(rows) do
    local name, incarnation = merge_writer(merge, row[2])
    local record = merge_record(row, name .. '/' .. incarnation)
    -- Of a slot that is over nothing is left to be taken back.
    if slot_is_over(row[3], merge.now) then
    elseif merge_is_counted(merge, record) then merge_operation(merge, ids, voids, row[1], record)
    else redis.call('HSET', ids.current .. ':waiting', row[1] .. '\t' .. name .. '/' .. incarnation, record) end
  end
  -- What waits is let in by totals that came with this part alone.
  if #merge.order == 0 then return end
  for _, waiting in ipairs({ ids.current .. ':waiting', ids.previous .. ':waiting' }) do
    local held = redis.call('HGETALL', waiting)
    for i = 1, #held, 2 do
      local counter = merge.held[held[i + 1]:match('^(.*) %-?%d+ %S+ %d+ %d+$')]
      if counter and counter.touched and merge_is_counted(merge, held[i + 1]) then
        redis.call('HDEL', waiting, held[i])
        merge_operation(merge, ids, voids, held[i]:match('^[^\t]+'), held[i + 1])
      end
    end
  end
end
