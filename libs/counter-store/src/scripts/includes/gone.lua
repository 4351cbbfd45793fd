--[[
gone: what peers have said to be gone, of regions that the vector does not cover up to there yet. Between the parts of an
answer others tell of the same counters, and who has left must not come back through one that knows less.
Hash `gone`: 'key\tR' -> 'incarnation,seq': as of then nobody of the region whose number is R was on that page.
Hash `slices`: peer -> 'incarnation,modulus,next,vector': of its whole state the slices before `next` are taken, each as of
that vector at least, so that whoever they do not mention is gone as of it. Both are empty but between parts.
Holds   V3 what has been said to be gone stays so until the vector tells it, and a vector joins only what stayed so
]]
--- @include bucket
--- @include regions
--- @include shelf
local function gone_open(bucket, regions)
  local gone = { bucket = bucket, regions = regions, key = bucket.prefix .. 'gone', streams = {}, said = {} }
  gone.isHeld = redis.call('EXISTS', gone.key) == 1
  local held = redis.call('HGETALL', bucket.prefix .. 'slices')
  for i = 1, #held, 2 do
    local incarnation, modulus, next_, vector = held[i + 1]:match('^(%x+),(%d+),(%d+),(.*)$')
    gone.streams[held[i]] = { incarnation = incarnation, modulus = tonumber(modulus), next = tonumber(next_),
      text = vector, vector = vector_read(cjson.decode(vector)) }
  end
  return gone
end

local function gone_at(gone, field)
  local incarnation, seq = (redis.call('HGET', gone.key, field) or ''):match('(%x+),(%d+)')
  return incarnation and { incarnation = incarnation, seq = tonumber(seq) }
end

-- Whether who was there as of (incarnation, seq) has been said to be gone.
local function gone_tells(gone, key, number, incarnation, seq)
  for _, stream in pairs(gone.streams) do
    if is_covered(stream.vector[gone.regions.names[number]], incarnation, seq)
      and shelf_hash(key) % stream.modulus < stream.next then return true end
  end
  return gone.isHeld and is_covered(gone_at(gone, key .. '\t' .. number), incarnation, seq)
end

-- A row does not mention the region of that number, as of what its sender covers of it.
local function gone_say(gone, key, number, at)
  local field = key .. '\t' .. number
  if gone.isHeld and is_covered(gone_at(gone, field), at.incarnation, at.seq) then return end
  gone.said[field] = at
end

-- The vector has joined: keeps what it does not tell yet. `tell` is called with each counter of which it now tells more by
-- silence than it did: until then a row of it would have left that out.
local function gone_close(gone, tell)
  local said = gone.said
  local held = gone.isHeld and redis.call('HGETALL', gone.key) or {}
  for i = 1, #held, 2 do
    local incarnation, seq = held[i + 1]:match('(%x+),(%d+)')
    said[held[i]] = said[held[i]] or { incarnation = incarnation, seq = tonumber(seq), isHeld = true }
  end
  for field, at in pairs(said) do
    local key, number = field:match('^(.*)\t(%d+)$')
    if is_covered(gone.regions.byName[gone.regions.names[tonumber(number)]], at.incarnation, at.seq) then
      redis.call('HDEL', gone.key, field)
      tell(key)
    elseif not at.isHeld then
      redis.call('HSET', gone.key, field, at.incarnation .. ',' .. int(at.seq))
    end
  end
end

-- Where a slice belongs: the stream that it goes on with, or begins. Nil where slices before it are missing, or were taken as
-- of later than it.
local function gone_stream(gone, sender, incarnation, modulus, number, state)
  local told = vector_read(state.vector)
  if number == 0 then
    return { incarnation = incarnation, modulus = modulus, next = 0, text = cjson.encode(state.vector), vector = told }
  end
  local stream = gone.streams[sender]
  if not stream or stream.incarnation ~= incarnation or stream.modulus ~= modulus or number > stream.next then return nil end
  for name, at in pairs(stream.vector) do
    if not is_covered(told[name], at.incarnation, at.seq) then return nil end
  end
  return stream
end

-- A slice of it is taken. After the last one it tells nothing that the vector does not.
local function gone_took(gone, sender, stream, number)
  stream.next = math.max(stream.next, number + 1)
  local slices = gone.bucket.prefix .. 'slices'
  if stream.next == stream.modulus then redis.call('HDEL', slices, sender)
  else redis.call('HSET', slices, sender, table.concat({ stream.incarnation, int(stream.modulus), int(stream.next), stream.text }, ',')) end
end
