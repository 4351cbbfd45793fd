--[[
additions: adds to the own totals of durable counters, each written once a script. Needs bucket, writers, operation-ids.
]]
local function additions_begin(bucket, names)
  local writer = bucket.shared and bucket.region .. '/' .. bucket.incarnation or ''
  return { bucket = bucket, names = names, writer = writer, held = {}, order = {}, taken = {} }
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

-- One operation: its outcome. `open` opens the ids.
local function additions_add(book, key, name, amount, id, open)
  local counter, body = additions_counter(book, key), key .. ' ' .. int(amount)
  if id ~= '' then
    book.ids = book.ids or open()
    local settled = operation_id_outcome(book.ids, id, body)
    if settled then return settled end
  end
  if is_out_of_range(counter, amount) then return 'OUT_OF_RANGE' end
  if id ~= '' then
    local position = int(counter.up + math.max(amount, 0))
    redis.call('HSET', book.ids.current, id, body .. ' ' .. book.writer .. ' 0 ' .. position)
    book.taken[#book.taken + 1] = { id = id, key = key, body = body, position = position }
  end
  if name ~= '' then redis.call('HSET', book.names, key, name) end
  if not counter.touched then book.order[#book.order + 1] = key end
  counter.up, counter.down = counter.up + math.max(amount, 0), counter.down + math.max(-amount, 0)
  counter.touched = true
  durable_count(book.bucket, key, counter, amount)
  return 'added'
end

-- The total by now as text, or nil where it will be known at the end only.
local function additions_total(book, key)
  local counter = additions_counter(book, key)
  return not counter.resum and int(counter.total) or nil
end

-- Writes what changed; what each of those counters shows.
local function additions_end(book, index, now)
  local bucket, views = book.bucket, {}
  for _, key in ipairs(book.order) do
    local counter = book.held[key]
    bucket.seq = bucket.seq + 1
    counter.seq, counter.updated = bucket.seq, now
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
