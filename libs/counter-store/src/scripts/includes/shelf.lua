--[[
shelf: a bucket's entries packed into hashes that stay listpacks, by linear hashing (Litwin, VLDB 1980; DESIGN.md §4).
Shelf keys are derived from the bucket's meta key, under the same hash tag: a caller need not know how many there are.
Load is 48 entries a shelf on average, so that the fullest stays below hash-max-listpack-entries (128).
]]
local SHELF_LOAD = 48

local function shelf_number(bucket, field)
  if bucket.shelves == 1 then return 0 end
  local hash = tonumber(redis.sha1hex(field):sub(1, 8), 16)
  local number = hash % (2 * bucket.power)
  if number >= bucket.shelves then number = hash % bucket.power end
  return number
end

local function shelf_key(bucket, number) return bucket.prefix .. 'shelf:' .. number end

local function shelf_get(bucket, field)
  return redis.call('HGET', shelf_key(bucket, shelf_number(bucket, field)), field)
end

-- Splits the next shelf in turn into itself and a new one.
local function shelf_split(bucket)
  local old, new = bucket.shelves - bucket.power, bucket.shelves
  bucket.shelves = new + 1
  local fields = redis.call('HGETALL', shelf_key(bucket, old))
  if bucket.shelves == 2 * bucket.power then bucket.power = bucket.shelves end
  for i = 1, #fields, 2 do
    if shelf_number(bucket, fields[i]) == new then
      redis.call('HSET', shelf_key(bucket, new), fields[i], fields[i + 1])
      redis.call('HDEL', shelf_key(bucket, old), fields[i])
    end
  end
end

local function shelf_set(bucket, field, value)
  bucket.changed = true
  local added = redis.call('HSET', shelf_key(bucket, shelf_number(bucket, field)), field, value)
  if added == 0 then return end
  bucket.entries = bucket.entries + 1
  if bucket.entries > SHELF_LOAD * bucket.shelves then shelf_split(bucket) end
end

local function shelf_drop(bucket, field)
  bucket.changed = true
  bucket.entries = bucket.entries - redis.call('HDEL', shelf_key(bucket, shelf_number(bucket, field)), field)
end
