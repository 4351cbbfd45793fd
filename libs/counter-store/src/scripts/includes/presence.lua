--[[
presence: moves one gateway's entry of a page, and the region's register with it.
Holds   R1 the register of a page is the sum of its gateways' entries, always.
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
local function presence_move(bucket, index, entries, key, viewers, connections, now)
  local heldViewers, heldConnections = (redis.call('HGET', entries, key) or '0,0'):match('(%d+),(%d+)')
  local moreViewers, moreConnections = viewers - tonumber(heldViewers), connections - tonumber(heldConnections)
  if viewers == 0 and connections == 0 then redis.call('HDEL', entries, key)
  else redis.call('HSET', entries, key, int(viewers) .. ',' .. int(connections)) end
  if moreViewers == 0 and moreConnections == 0 then return end
  local held = presence_get(bucket, key)
  local presence = { viewers = held.viewers + moreViewers, connections = held.connections + moreConnections, updated = now }
  if presence.viewers < 0 or presence.connections < 0 then error('R1: presence of ' .. key .. ' fell below its entries') end
  bucket.seq = bucket.seq + 1
  presence.seq = bucket.seq
  shelf_set(bucket, key, key .. '\t~', ('%.0f,%.0f,%.0f,%.0f'):format(presence.viewers, presence.connections, bucket.seq, now))
  counter_touch(bucket, index, key, nil, presence)
end

-- Counts out what this gateway holds of every page for which `keep` has no entry.
local function presence_drop_others(bucket, index, entries, keep, now)
  for _, key in ipairs(redis.call('HKEYS', entries)) do
    if not keep[key] then presence_move(bucket, index, entries, key, 0, 0, now) end
  end
end
