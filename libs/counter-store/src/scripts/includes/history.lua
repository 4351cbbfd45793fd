--[[
history: the last modifications of a page, as its users are shown them.
Hash `history:PAGE` in the bucket of the page: event id -> 'AT JSON', AT milliseconds since 1970, JSON what is
told of it, opaque here. A grow-only set, of which the latest by (AT, id) are kept: what is cut off comes back
from nobody for long, as it is not among the latest there either. Of one event under two contents the lesser stays, everywhere the
same. Zset `histories`: each page that has one, with score 0. In a bucket that is shared each
entry has a row 'h\tpage\tid' in the index, so that what came is told and nothing else.
]]
--- @include bucket
local HISTORY_LENGTH = 100

local function history_key(bucket, page) return bucket.prefix .. 'history:' .. page end

local function history_parse(text)
  local at, json = text:match('^(%d+) (.*)$')
  return tonumber(at), json
end

-- The order of a history: the latest first, of equals the first by its id.
local function history_precedes(one, other)
  if one.at ~= other.at then return one.at > other.at end
  return is_after(other.id, one.id)
end

-- What is held and not older than that, in order: { id, at, text } each.
local function history_entries(key, sinceMs)
  local held, entries = redis.call('HGETALL', key), {}
  for i = 1, #held, 2 do
    local at = history_parse(held[i + 1])
    if at >= sinceMs then entries[#entries + 1] = { id = held[i], at = at, text = held[i + 1] } end
  end
  table.sort(entries, history_precedes)
  return entries
end

-- Cuts off what is too much, a quarter of it at once, for each cut looks at all; whether `id` is still there.
local function history_trim(key, id, lengthMax)
  if redis.call('HLEN', key) <= lengthMax + math.floor(lengthMax / 4) then return true end
  local entries = history_entries(key, 0)
  local isKept = true
  for place = lengthMax + 1, #entries do
    redis.call('HDEL', key, entries[place].id)
    if entries[place].id == id then isKept = false end
  end
  return isKept
end

-- Adds { id, at, json }, where it is news and among the latest; whether it was.
local function history_put(bucket, index, page, entry, lengthMax)
  local key, id = history_key(bucket, page), entry.id
  local text = redis.call('HGET', key, id)
  if text then
    local at, json = history_parse(text)
    if at < entry.at or (at == entry.at and not is_after(json, entry.json)) then return false end
  end
  redis.call('HSET', key, id, int(entry.at) .. ' ' .. entry.json)
  if not history_trim(key, id, lengthMax) then return false end
  bucket.rev, bucket.changed = bucket.rev + 1, true
  redis.call('ZADD', bucket.prefix .. 'histories', '0', page)
  if bucket.shared then redis.call('ZADD', index, int(bucket.rev), 'h\t' .. page .. '\t' .. id) end
  return true
end

-- How much is kept here, also of what peers tell, as the one who adds has said last.
local function history_length(bucket, wanted)
  local held = tonumber(redis.call('HGET', bucket.meta, 'historyLength') or HISTORY_LENGTH)
  if wanted and wanted ~= held then redis.call('HSET', bucket.meta, 'historyLength', int(wanted)) end
  return wanted or held
end
