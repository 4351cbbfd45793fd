--[[
writers: the totals of a durable counter under other writers than the present one: other regions, and own incarnations
that have ended. A writer is the text `region/incarnation`; a bucket gives it a number in its hash `writers`, so that
fields stay short.
Holds   P2 the own totals are those of the incarnation in which they were last written, which their seq tells.
]]
--- @include bucket
--- @include shelf
--- @include sum
--- @include counter
--- @include index
local function writer_number(bucket, writer)
  local writers = bucket.prefix .. 'writers'
  local number = redis.call('HGET', writers, writer)
  if number then return number end
  number = int(redis.call('HLEN', writers) + 1)
  redis.call('HSET', writers, writer, number)
  return number
end

-- The own incarnation in which `seq` was given out.
local function life_of(bucket, seq)
  if seq > bucket.begun or not bucket.shared then return bucket.incarnation end
  local incarnation = bucket.incarnation
  for _, life in ipairs(redis.call('LRANGE', bucket.prefix .. 'lives', 0, -1)) do
    local name, start = life:match('(%x+):(%d+)')
    if tonumber(start) < seq then incarnation = name end
  end
  return incarnation
end

-- Reads a durable counter; totals of an own incarnation that has ended are set apart, to be written by durable_put.
local function durable_open(bucket, key)
  local counter = durable_get(bucket, key)
  counter.theirs = {}
  if bucket.shared and counter.seq > 0 and counter.seq <= bucket.begun then
    local writer = bucket.region .. '/' .. life_of(bucket, counter.seq)
    counter.theirs[writer] = { up = counter.up, down = counter.down, seq = counter.seq }
    counter.up, counter.down, counter.seq = 0, 0, 0
  end
  return counter
end

-- What is held of another writer of this counter, or nil.
local function theirs_of(bucket, key, counter, writer)
  local held = counter.theirs[writer]
  if held then return held end
  local number = redis.call('HGET', bucket.prefix .. 'writers', writer)
  local text = number and shelf_get(bucket, key, key .. '\t' .. number)
  if not text then return nil end
  local up, down, seq = text:match('(%d+),(%d+),(%d+)')
  return { up = tonumber(up), down = tonumber(down), seq = tonumber(seq) }
end

-- Adds to the total; exact also where it comes from beyond the bound or goes there.
local function durable_count(bucket, key, counter, amount)
  local before = counter.total
  counter.dirty = true
  counter.total = before + amount
  -- For the script's trend_end, where it has begun one: what the counter gains here.
  if bucket.gains then bucket.gains[key] = (bucket.gains[key] or 0) + amount end
  if math.abs(before) > MAX or math.abs(counter.total) > MAX then counter.resum = true end
end

-- Writes a changed counter and gives it its next rev. Once a counter a script.
local function durable_put(bucket, index, key, counter, presence)
  -- Before the fields are written, for the sum takes them from `theirs`.
  if counter.resum then counter.total = durable_sum(bucket, key, counter) end
  for writer, held in pairs(counter.theirs) do
    shelf_set(bucket, key, key .. '\t' .. writer_number(bucket, writer),
      ('%.0f,%.0f,%.0f'):format(held.up, held.down, held.seq))
  end
  durable_set(bucket, key, counter)
  return counter_touch(bucket, index, key, counter, presence)
end
