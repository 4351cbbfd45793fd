--[[
additions: adds to the own totals of durable counters, each written once a script.
What a counter is, its `kind` says: empty, or letters, a space and its stem (keys.ts): `b` it is bounded, `w` windowed.
]]
--- @include bucket
--- @include operation-ids
--- @include quota
--- @include shown
--- @include slots
--- @include sum
--- @include writers
local function additions_begin(bucket, names, now, peers)
  local writer = bucket.shared and bucket.region .. '/' .. bucket.incarnation or ''
  return { bucket = bucket, names = names, now = now, peers = peers, writer = writer, held = {}, order = {}, taken = {}, rights = {} }
end

local function additions_counter(book, key)
  if not book.held[key] then book.held[key] = durable_open(book.bucket, key) end
  return book.held[key]
end

-- A sum beyond the bound may come back, and go no further.
local function is_out_of_range(counter, amount)
  if counter.up + amount > MAX or counter.down - amount > MAX then return true end
  return math.abs(counter.total + amount) > MAX and counter.total * amount >= 0
end

-- What changes together: the counter, and the slots that it is in now. Each with the name under which its part of an operation
-- is known, as a peer takes back what was counted twice counter by counter.
local function additions_parts(book, key, id, stem)
  local parts = { { key = key, id = id } }
  for _, kind in ipairs(stem and SLOT_KINDS or {}) do
    -- Only peers ask for these.
    local isRecorded = id ~= '' and book.bucket.shared
    parts[#parts + 1] = { key = slot_key(stem, kind, book.now), id = isRecorded and id .. '\1' .. kind or '' }
  end
  return parts
end

-- Adds, once it is known that nothing refuses it.
local function additions_count(book, key, amount, id)
  local counter = additions_counter(book, key)
  if id ~= '' then
    local body, position = key .. ' ' .. int(amount), int(counter.up + math.max(amount, 0))
    operation_id_put(book.ids, id, body .. ' ' .. book.writer .. ' 0 ' .. position)
    book.taken[#book.taken + 1] = { id = id, key = key, body = body, position = position }
  end
  if not counter.touched then book.order[#book.order + 1] = key end
  counter.up, counter.down = counter.up + math.max(amount, 0), counter.down + math.max(-amount, 0)
  counter.touched, counter.added = true, (counter.added or 0) + amount
  durable_count(book.bucket, key, counter, amount)
end

-- One operation: its outcome. `ifNew`: what is answered where the counter would be new, or empty. `open` opens the ids. `wanted` is
-- asked of those that are not known: what is may be why the counter shows something else by now.
local function additions_add(book, key, name, amount, id, kind, ifNew, open, wanted)
  if id ~= '' then
    book.ids = book.ids or open()
    local lineEnd, former = id:find('\n', 1, true), nil
    if lineEnd then id, former = id:sub(1, lineEnd - 1), id:sub(lineEnd + 1) end
    local settled = operation_id_outcome(book.ids, id, key .. ' ' .. int(amount), former)
    if settled then return settled end
  end
  if wanted ~= '' and not shown_holds(book, key, additions_counter(book, key), wanted) then return 'PRECONDITION_FAILED' end
  local isBounded, isWindowed, stem = '', '', ''
  if kind ~= '' then isBounded, isWindowed, stem = kind:match('^(b?)(w?) (.*)$') end
  local parts = additions_parts(book, key, id, isWindowed ~= '' and stem)
  for _, part in ipairs(parts) do
    if is_out_of_range(additions_counter(book, part.key), amount) then return 'OUT_OF_RANGE' end
  end
  local refusal = isBounded ~= '' and quota_refusal(book, key, additions_counter(book, key), stem, amount)
  if refusal then return refusal end
  local isNew = additions_counter(book, key).updated == 0 and not additions_counter(book, key).touched
  if isNew and ifNew ~= '' then return ifNew end
  if name ~= '' then redis.call('HSET', book.names, key, name) end
  for _, part in ipairs(parts) do additions_count(book, part.key, amount, part.id) end
  if #parts > 1 then slots_note(book.bucket) end
  return isNew and 'created' or 'added'
end

-- The total by now as text, or nil where it will be known at the end only.
local function additions_total(book, key)
  local counter = additions_counter(book, key)
  return not counter.resum and int(counter.total) or nil
end

-- Writes what changed; what each of those counters shows.
local function additions_end(book, index)
  local bucket, views = book.bucket, {}
  if book.ids then operation_ids_close(book.ids) end
  for _, key in ipairs(book.order) do
    local counter = book.held[key]
    bucket.seq = bucket.seq + 1
    counter.seq, counter.updated = bucket.seq, book.now
    views[key] = durable_put(bucket, index, key, counter)
    counter.rev = bucket.rev
  end
  if not bucket.shared then return views end
  -- Peers are told of an operation together with the change that it made.
  for _, each in ipairs(book.taken) do
    local counter = book.held[each.key]
    local place = ' ' .. int(counter.seq) .. ' ' .. each.position
    redis.call('HSET', book.ids.current, each.id, each.body .. ' ' .. book.writer .. place)
    redis.call('ZADD', book.ids.current .. ':log', int(counter.rev), each.id)
  end
  return views
end
