--[[
merge-end: writes what a part has changed, and gives it its revs (docs/protocol.md §8).
]]
--- @include bucket
--- @include index
--- @include writers
-- All records of a rev are told in one part, so of more than fit there the first have revs of their own, before those of the counters.
local RECORDS_OF_A_REV = 500

local function merge_stagger(bucket, records)
  for first = 1, #records - RECORDS_OF_A_REV, RECORDS_OF_A_REV do
    bucket.rev = bucket.rev + 1
    for i = first, first + RECORDS_OF_A_REV - 1 do records[i].rev = bucket.rev end
  end
end

-- The full names of those rows whose key is a digest, where anything is held of them.
local function merge_names(merge, names)
  for _, row in ipairs(merge.state.rows) do
    if row[2] ~= '' and not counter_is_empty(merge.bucket, row[1]) then redis.call('HSET', names, row[1], row[2]) end
  end
end

-- Writes the counters that changed, each with its next rev, and gives the other records the rev of their counter.
local function merge_end(merge, index, names)
  merge_stagger(merge.bucket, merge.records)
  for _, key in ipairs(merge.order) do
    local counter = merge.held[key]
    -- A counter of which only registers changed has no totals to write.
    if counter.dirty or next(counter.theirs) then
      counter.updated = merge.now
      durable_put(merge.bucket, index, key, counter)
    else
      counter_touch(merge.bucket, index, key)
    end
    counter.rev = merge.bucket.rev
  end
  for _, record in ipairs(merge.records) do
    redis.call('ZADD', record.log, int(record.rev or merge.held[record.key].rev), record.member)
  end
  merge_names(merge, names)
end
