--[[
index: the window of latest changes of a bucket, counter -> rev, and how a change is stamped.
In a bucket that is shared it has rows 'f\tuser\tpage' of follows, 'h\tpage\tevent' of histories and 'v\tcounter\tvoter' of votes too: for peers
alone, not for readers of counters.
Few rows at least: with 100 counters a bucket, 128 of them would hold a row for every counter, which is a sixth of all memory. Who asks for more than
the window has gets whole state, hardly more than those rows in a bucket so small.
]]
--- @include bucket
--- @include shelf
--- @include counter
local INDEX_ROWS_LEAST = 32

-- Whether nothing at all is held of a counter that has no own presence.
local function counter_is_empty(bucket, key)
  local fields = { key }
  for number = 1, bucket.foreign do fields[number + 1] = key .. '\t~' .. number end
  local held = shelf_get_all(bucket, key, fields)
  for i = 1, #fields do if held[i] then return false end end
  return true
end

-- Cuts the oldest rows from the index; drops the own presence zeros among them and raises the rev floor to them (B3).
local function index_cut(bucket, index, rows)
  local cut = redis.call('ZPOPMIN', index, rows)
  for i = 1, #cut, 2 do
    local key, rev = cut[i], tonumber(cut[i + 1])
    if has_presence(key) then
      local presence = presence_get(bucket, key)
      if presence.viewers == 0 and presence.connections == 0 then
        if presence.seq > 0 then shelf_drop(bucket, key, key .. '\t~') end
        if key:sub(1, 1) == '#' and counter_is_empty(bucket, key) then redis.call('HDEL', bucket.prefix .. 'names', key) end
      end
    end
    bucket.revFloor = math.max(bucket.revFloor, rev)
  end
  bucket.changed = bucket.changed or #cut > 0
end

-- Gives a changed counter the next rev, its index row and its place in the publication. Once a counter a script.
local function counter_touch(bucket, index, key, durable, presence)
  bucket.rev, bucket.changed = bucket.rev + 1, true
  redis.call('ZADD', index, int(bucket.rev), key)
  local view = { counter_view(bucket, key, durable, presence) }
  -- Nobody watches what nobody can name.
  if is_reserved(key) then return view end
  for _, part in ipairs({ key, view[1], view[2], view[3], view[4], int(bucket.rev) }) do
    bucket.news[#bucket.news + 1] = part
  end
  return view
end

-- Whether a row is not that of a counter that somebody could watch.
local function is_peers_row(row) return row:find('\t', 1, true) ~= nil or is_reserved(row) end

-- The index is a window, not a catalogue: a row costs as much as a counter.
local function index_trim(bucket, index)
  local limit = math.max(INDEX_ROWS_LEAST, math.floor(bucket.entries / 8 + (bucket.follows + bucket.votes) / 32))
  local over = redis.call('ZCARD', index) - limit
  if over > 0 then index_cut(bucket, index, over) end
end
