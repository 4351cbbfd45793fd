--[[
operation-ids: remembers which operations were taken, in two generations that take turns.
An id is kept for one window at least and two at most; how many there are is bounded (DESIGN.md §7).
A record is 'counter amount writer seq position', the writer empty where the bucket is not shared, seq that of the increment it
stands for, position what the writer has added by then, so that the nth modification of a page is known by n; each generation has a log, id -> rev, so that peers can be told of what came after a rev, and `waiting`: records of other
writers whose increments have not come. They are not known yet: where those are lost, the id may count under another.
]]
local function operation_ids_open(meta, first, second, nowMs, windowMs, idsMax)
  local generation, startedMs = unpack(redis.call('HMGET', meta, 'opGeneration', 'opStartedMs'))
  local ids = { current = first, previous = second, max = idsMax }
  if generation == '1' then ids.current, ids.previous = second, first end
  if not startedMs or nowMs - tonumber(startedMs) >= windowMs then
    redis.call('UNLINK', ids.previous, ids.previous .. ':log', ids.previous .. ':waiting')
    ids.current, ids.previous = ids.previous, ids.current
    redis.call('HSET', meta, 'opGeneration', ids.current == second and '1' or '0', 'opStartedMs', int(nowMs))
  end
  return ids
end

local function operation_record(ids, id)
  return redis.call('HGET', ids.current, id) or redis.call('HGET', ids.previous, id)
end

-- As peers are told of it: what was taken before the bucket was shared is of its life zero.
local function operation_record_of(bucket, ids, id)
  local record = operation_record(ids, id)
  return record and (record:gsub('  (%d+ %d+)$', ' ' .. bucket.region .. '/' .. LIFE_ZERO .. ' %1'))
end

-- nil for an id that may be taken now, else what to answer.
local function operation_id_outcome(ids, id, body)
  local known = operation_record(ids, id)
  if known then return known:sub(1, #body + 1) == body .. ' ' and 'replayed' or 'OPERATION_ID_REUSED' end
  if redis.call('HLEN', ids.current) >= ids.max then return 'OPERATION_IDS_FULL' end
end
