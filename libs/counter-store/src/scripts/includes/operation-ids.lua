--[[
operation-ids: remembers which operations were taken, in two generations that take turns.
An id is kept for one window at least and two at most, by the clock of Redis; how many there are is bounded (DESIGN.md §7).
A record is 'counter amount writer seq position', the writer empty where the bucket is not shared, seq that of the increment it
stands for, position what the writer has added by then, so that the nth modification of a page is known by n; each generation has a log, id -> rev, so that peers can be told of what came after a rev, and `waiting`: records of other
writers whose increments have not come. They are not known yet: where those are lost, the id may count under another.
Ids of viewers begin with ` v` and a tag of the viewer (operation-id.ts); `viewers` of a generation counts the records of each tag
that this region has taken. Viewers may fill a part of a generation only: the rest is for services and events.
]]
--- @include bucket
local VIEWERS_PREFIX, VIEWERS_TAG_LAST, VIEWERS_SHARE = ' v', 9, 0.8

local function operation_ids_open(meta, first, second, nowMs, windowMs, idsMax, idsPerViewerMax)
  local generation, startedMs = unpack(redis.call('HMGET', meta, 'opGeneration', 'opStartedMs'))
  local ids = { current = first, previous = second, max = idsMax, perViewerMax = idsPerViewerMax, ofViewers = {} }
  if generation == '1' then ids.current, ids.previous = second, first end
  -- The clock was ahead when this generation began, which nothing would end for as long: it begins now.
  if startedMs and tonumber(startedMs) > nowMs + windowMs then redis.call('HSET', meta, 'opStartedMs', int(nowMs)) end
  if not startedMs or nowMs - tonumber(startedMs) >= windowMs then
    redis.call('UNLINK', ids.previous, ids.previous .. ':log', ids.previous .. ':waiting', ids.previous .. ':viewers')
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

-- How many records a viewer has in the current generation.
local function operation_ids_of(ids, tag)
  ids.ofViewers[tag] = ids.ofViewers[tag] or tonumber(redis.call('HGET', ids.current .. ':viewers', tag) or 0)
  return ids.ofViewers[tag]
end

-- The tag of the viewer whose id it is, or nil.
local function operation_viewer(id)
  return id:sub(1, #VIEWERS_PREFIX) == VIEWERS_PREFIX and id:sub(#VIEWERS_PREFIX + 1, VIEWERS_TAG_LAST) or nil
end

-- nil for an id that may be taken now, else what to answer. Under `former` a version without namespaces may have taken it: there
-- nobody knows whose it was, so one with another body is held for that of another caller.
local function operation_id_outcome(ids, id, body, former)
  local current = redis.call('HMGET', ids.current, id, former or id)
  local previous = redis.call('HMGET', ids.previous, id, former or id)
  local known, ofFormer = current[1] or previous[1], current[2] or previous[2]
  if known then return known:sub(1, #body + 1) == body .. ' ' and 'replayed' or 'OPERATION_ID_REUSED' end
  if former and ofFormer and ofFormer:sub(1, #body + 1) == body .. ' ' then return 'replayed' end
  local held, tag = redis.call('HLEN', ids.current), operation_viewer(id)
  if tag and operation_ids_of(ids, tag) >= ids.perViewerMax then return 'TOO_MANY' end
  if held >= ids.max * (tag and VIEWERS_SHARE or 1) then return 'OPERATION_IDS_FULL' end
end

-- Takes an id.
local function operation_id_put(ids, id, record)
  redis.call('HSET', ids.current, id, record)
  local tag = operation_viewer(id)
  if tag then ids.ofViewers[tag] = operation_ids_of(ids, tag) + 1 end
end

-- Writes down how many records viewers have by now.
local function operation_ids_close(ids)
  for tag, count in pairs(ids.ofViewers) do
    if count > 0 then redis.call('HSET', ids.current .. ':viewers', tag, int(count)) end
  end
end
