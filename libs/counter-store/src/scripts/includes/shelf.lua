--[[
shelf: a bucket's entries packed into hashes that stay listpacks, by linear hashing (Litwin, VLDB 1980; DESIGN.md §4).
Shelf keys are derived from the bucket's meta key, under the same hash tag: a caller need not know how many there are.
All fields of a counter lie on one shelf: a field is the counter's key, or the key, a tab and what the field is about.
Load is 48 entries a shelf on average, so that the fullest stays below hash-max-listpack-entries (128).
]]
local SHELF_LOAD = 48

local function shelf_hash(key) return tonumber(redis.sha1hex(key):sub(1, 8), 16) end

local function shelf_number(bucket, key)
  if bucket.shelves == 1 then return 0 end
  local hash = bucket.hashes[key]
  if not hash then
    hash = shelf_hash(key)
    bucket.hashes[key] = hash
  end
  local number = hash % (2 * bucket.power)
  if number >= bucket.shelves then number = hash % bucket.power end
  return number
end

local function shelf_key(bucket, number) return bucket.prefix .. 'shelf:' .. number end

local function shelf_get(bucket, key, field)
  return redis.call('HGET', shelf_key(bucket, shelf_number(bucket, key)), field)
end

local function shelf_get_all(bucket, key, fields)
  return redis.call('HMGET', shelf_key(bucket, shelf_number(bucket, key)), unpack(fields))
end

-- The counter that a field is about.
local function shelf_counter(field) return field:match('^[^\t]+') end

-- Splits the next shelf in turn into itself and a new one.
local function shelf_split(bucket)
  local old, new = bucket.shelves - bucket.power, bucket.shelves
  bucket.shelves = new + 1
  local fields = redis.call('HGETALL', shelf_key(bucket, old))
  if bucket.shelves == 2 * bucket.power then bucket.power = bucket.shelves end
  for i = 1, #fields, 2 do
    if shelf_number(bucket, shelf_counter(fields[i])) == new then
      redis.call('HSET', shelf_key(bucket, new), fields[i], fields[i + 1])
      redis.call('HDEL', shelf_key(bucket, old), fields[i])
    end
  end
end

local function shelf_set(bucket, key, field, value)
  bucket.changed = true
  local added = redis.call('HSET', shelf_key(bucket, shelf_number(bucket, key)), field, value)
  if added == 0 then return end
  bucket.entries = bucket.entries + 1
  if bucket.entries > SHELF_LOAD * bucket.shelves then shelf_split(bucket) end
end

local function shelf_drop(bucket, key, field)
  bucket.changed = true
  bucket.entries = bucket.entries - redis.call('HDEL', shelf_key(bucket, shelf_number(bucket, key)), field)
end

-- The counters whose hash is `number` modulo `modulus`, a power of two: one slice of the bucket, whatever the shelves.
local function shelf_slice(bucket, modulus, number)
  local step = math.min(modulus, bucket.power)
  local keys, seen = {}, {}
  for shelf = number % step, bucket.shelves - 1, step do
    for _, field in ipairs(redis.call('HKEYS', shelf_key(bucket, shelf))) do
      local key = shelf_counter(field)
      if not seen[key] and shelf_hash(key) % modulus == number then
        seen[key] = true
        keys[#keys + 1] = key
      end
    end
  end
  return keys
end
