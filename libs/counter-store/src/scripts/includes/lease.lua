--[[
lease: viewers who are present without a socket, each until a time.
They are what a gateway named `lease` has in the bucket, one that never syncs and is never reaped: counter key -> 'viewers,0',
for a lease is no connection.
Zset `leases`: 'key\tviewer\tplace' -> when it ends, by the steady clock of the bucket, in ms. `place` is empty but for `@site`, where it is the page.
Hash `places`, of counters where places have names: 'key\tviewer' -> in how many a viewer is; key -> how many leases there are.
Holds   K1 an entry of `lease` is the number of viewers that `leases` holds of its counter, always
        K2 a bucket knows `lease` while it holds a lease, and not longer
]]
--- @include bucket
--- @include presence
--- @include steady
local LEASE = 'lease'

local function lease_open(bucket, leases, places, clockMs)
  local nowMs, isBack = steady_ms(bucket.meta, clockMs)
  if isBack then steady_keep(bucket.meta, clockMs, nowMs) end
  return { bucket = bucket, leases = leases, places = places, keys = {}, moves = {}, clockMs = clockMs, nowMs = nowMs }
end

local function lease_tally(book, field, change)
  local held = redis.call('HINCRBY', book.places, field, change)
  if held == 0 then redis.call('HDEL', book.places, field) end
  return held
end

-- Notes that a lease has come (1) or gone (-1). A counter moves once a script, in lease_close.
local function lease_note(book, member, change)
  local key, viewer, place = member:match('^([^\t]+)\t([^\t]+)\t([^\t]*)$')
  if place ~= '' then
    lease_tally(book, key, change)
    local held = lease_tally(book, key .. '\t' .. viewer, change)
    -- Whoever is in another place too was counted before, and is counted still.
    if held ~= (change > 0 and 1 or 0) then change = 0 end
  end
  if not book.moves[key] then book.moves[key], book.keys[#book.keys + 1] = 0, key end
  book.moves[key] = book.moves[key] + change
end

local function lease_set(book, member, ttlMs)
  steady_keep(book.bucket.meta, book.clockMs, book.nowMs)
  if redis.call('ZADD', book.leases, int(book.nowMs + ttlMs), member) == 1 then lease_note(book, member, 1) end
end

-- Returns how many there were, 0 or 1.
local function lease_drop(book, member)
  local dropped = redis.call('ZREM', book.leases, member)
  if dropped == 1 then lease_note(book, member, -1) end
  return dropped
end

-- Ends what is due, at most so many. Returns how many.
local function lease_expire(book, most)
  local due = redis.call('ZRANGE', book.leases, '-inf', int(book.nowMs), 'BYSCORE', 'LIMIT', 0, most)
  for _, member in ipairs(due) do lease_drop(book, member) end
  return #due
end

-- Moves the registers with what came and went. Returns when the next lease of the bucket ends by the clock that was asked, or ''.
local function lease_close(book, index, gateways, entries)
  local now = math.floor(book.clockMs / 1000)
  for _, key in ipairs(book.keys) do
    local viewers = tonumber((redis.call('HGET', entries, key) or '0,0'):match('%d+'))
    presence_move(book.bucket, index, entries, key, viewers + book.moves[key], 0, now)
  end
  local first = redis.call('ZRANGE', book.leases, 0, 0, 'WITHSCORES')
  if #book.keys > 0 then
    if first[2] then redis.call('HSET', gateways, LEASE, 1) else redis.call('HDEL', gateways, LEASE) end
  end
  return first[2] and int(tonumber(first[2]) - book.nowMs + book.clockMs) or ''
end
