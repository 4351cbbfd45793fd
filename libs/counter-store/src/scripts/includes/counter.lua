--[[
counter: what a counter shows, and how a change of it is stamped. Needs bucket and shelf.
A counter key is `page name`, or `#` and a digest where that is long. Its entries on the shelves:
  key    'up,down,total,seq,updated'         the durable PN-counter; updated in seconds since 1970
  ~key   'viewers,connections,seq,updated'   presence of this region; only where the name is `viewers`
]]
local INDEX_ROWS_LEAST = 128

local function durable_get(bucket, key)
  local up, down, total, seq, updated = (shelf_get(bucket, key) or '0,0,0,0,0'):match('(%d+),(%d+),(-?%d+),(%d+),(%d+)')
  return { up = tonumber(up), down = tonumber(down), total = tonumber(total), seq = tonumber(seq), updated = tonumber(updated) }
end

local function presence_get(bucket, key)
  local viewers, connections, seq, updated = (shelf_get(bucket, '~' .. key) or '0,0,0,0'):match('(%d+),(%d+),(%d+),(%d+)')
  return { viewers = tonumber(viewers), connections = tonumber(connections), seq = tonumber(seq), updated = tonumber(updated) }
end

-- A key that is a digest does not tell its name, so it may be that of a `viewers`.
local function has_presence(key) return key:sub(-8) == ' viewers' or not key:find(' ', 1, true) end

local NOBODY = { viewers = 0, connections = 0, seq = 0, updated = 0 }

-- viewers, connections, durable total, updated: what readers add up and show. All as text. A script that has read or
-- written one of the two parts gives it, so that it is not looked up again.
local function counter_view(bucket, key, durable, presence)
  durable = durable or durable_get(bucket, key)
  presence = presence or has_presence(key) and presence_get(bucket, key) or NOBODY
  return int(presence.viewers), int(presence.connections), int(durable.total), int(math.max(durable.updated, presence.updated))
end

-- Cuts the oldest rows from the index; drops the presence zeros among them and raises the floors to them (B3).
local function index_cut(bucket, index, rows)
  local cut = redis.call('ZPOPMIN', index, rows)
  for i = 1, #cut, 2 do
    local key, rev = cut[i], tonumber(cut[i + 1])
    if has_presence(key) then
      local presence = presence_get(bucket, key)
      bucket.floor = math.max(bucket.floor, presence.seq)
      if presence.viewers == 0 and presence.connections == 0 then shelf_drop(bucket, '~' .. key) end
    end
    bucket.floor = math.max(bucket.floor, durable_get(bucket, key).seq)
    bucket.revFloor = math.max(bucket.revFloor, rev)
  end
  bucket.changed = bucket.changed or #cut > 0
end

-- Gives a changed counter the next rev, its index row and its place in the publication. Once a counter a script.
local function counter_touch(bucket, index, key, durable, presence)
  bucket.rev = bucket.rev + 1
  redis.call('ZADD', index, int(bucket.rev), key)
  local view = { counter_view(bucket, key, durable, presence) }
  for _, part in ipairs({ key, view[1], view[2], view[3], view[4], int(bucket.rev) }) do
    bucket.news[#bucket.news + 1] = part
  end
  return view
end

-- The index is a window, not a catalogue: a row costs as much as a counter.
local function index_trim(bucket, index)
  local limit = math.max(INDEX_ROWS_LEAST, math.floor(bucket.entries / 8))
  local over = redis.call('ZCARD', index) - limit
  if over > 0 then index_cut(bucket, index, over) end
end
