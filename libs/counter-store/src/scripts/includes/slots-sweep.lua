--[[
slots-sweep: drops slots whose time is over, some shelves a call.
Meta field `slotShelf`: the shelf that is next, and how many slots this walk has met.
]]
--- @include bucket
--- @include shelf
--- @include slots
local SLOT_SHELVES = 8

-- All fields of what is over on one shelf. Their rows go without a change of the floor: nobody is to be told of them (W2).
local function slots_sweep_shelf(bucket, index, shelf, now)
  local met, dropped = 0, 0
  for _, field in ipairs(redis.call('HKEYS', shelf_key(bucket, shelf))) do
    local key = shelf_counter(field)
    if key:find('@[smh]%d+$') then
      met = met + 1
      if slot_is_over(key, now) then
        shelf_drop(bucket, key, field)
        redis.call('ZREM', index, key)
        dropped = dropped + 1
      end
    end
  end
  return met, dropped
end

-- Void amounts and records that wait for slots that are over: of them nothing is left that they could change.
local function slots_sweep_voids(bucket, now)
  local voids = bucket.prefix .. 'voids'
  local over, held = {}, {}
  for _, member in ipairs(redis.call('ZRANGE', voids, 0, -1)) do
    local key, id = member:match('^%S+ %-?%d+ %d+ %d+ ([^\t]+)\t(.*)$')
    if slot_is_over(key, now) then over[member] = id else held[id] = true end
  end
  for member, id in pairs(over) do
    redis.call('ZREM', voids, member)
    -- The keeper of an id stays while anything is void because of it.
    if not held[id] then redis.call('HDEL', voids .. ':keepers', id) end
  end
  local waiting = redis.call('HGETALL', voids .. ':waiting')
  for i = 1, #waiting, 2 do
    if slot_is_over(waiting[i + 1]:match('^(.*) %-?%d+ %S+ %d+ %d+\t') or '', now) then
      redis.call('HDEL', voids .. ':waiting', waiting[i])
    end
  end
end

-- Walks on; a walk that has met no slot, and during which none was written, is the last one. How many fields were dropped.
local function slots_sweep(bucket, index, now)
  local slotted, at = unpack(redis.call('HMGET', bucket.meta, 'slotted', 'slotShelf'))
  if not slotted then return 0 end
  local shelf, met = (at or '0,0'):match('(%d+),(%d+)')
  shelf, met = tonumber(shelf), tonumber(met)
  if shelf == 0 then redis.call('HSET', bucket.meta, 'slotted', '0') end
  local droppedAll = 0
  for _ = 1, math.min(SLOT_SHELVES, bucket.shelves - shelf) do
    local metHere, dropped = slots_sweep_shelf(bucket, index, shelf, now)
    shelf, met, droppedAll = shelf + 1, met + metHere - dropped, droppedAll + dropped
  end
  if shelf < bucket.shelves then
    redis.call('HSET', bucket.meta, 'slotShelf', int(shelf) .. ',' .. int(met))
    return droppedAll
  end
  slots_sweep_voids(bucket, now)
  redis.call('HDEL', bucket.meta, 'slotShelf')
  if met == 0 and redis.call('HGET', bucket.meta, 'slotted') == '0' then redis.call('HDEL', bucket.meta, 'slotted') end
  return droppedAll
end
