--[[
sum: the exact total of a durable counter, wherever the running total may have left the integers.
]]
--- @include shelf
local MAX = 9007199254740991
local LIMB = 134217728

-- What sums are made from, read once for many of them. `get` gives a field of the counter's shelf.
local function sum_parts(bucket, get)
  local parts = { get = get, writers = redis.call('HGETALL', bucket.prefix .. 'writers'), voids = {} }
  for _, void in ipairs(redis.call('ZRANGE', bucket.prefix .. 'voids', 0, -1)) do
    local amount, key = void:match('^%S+ (%-?%d+) %d+ %d+ ([^\t]+)\t')
    parts.voids[key] = parts.voids[key] or {}
    table.insert(parts.voids[key], tonumber(amount))
  end
  return parts
end

-- The exact sum over all writers and voters (votes.lua) less the voids, as it may pass 2^53 in two limbs: high * LIMB + low, 0 <= low < LIMB.
local function durable_limbs(bucket, key, counter, parts)
  parts = parts or sum_parts(bucket, function(field) return shelf_get(bucket, key, field) end)
  local high, low = 0, 0
  local function add(number, sign)
    high, low = high + sign * math.floor(number / LIMB), low + sign * (number % LIMB)
  end
  add(counter.up, 1)
  add(counter.down, -1)
  add(tonumber((parts.get(key .. '\tv') or '0'):match('^%-?%d+')), 1)
  for writer in pairs(counter.theirs) do
    add(counter.theirs[writer].up, 1)
    add(counter.theirs[writer].down, -1)
  end
  local writers = parts.writers
  for i = 1, #writers, 2 do
    local field = key .. '\t' .. writers[i + 1]
    local text = not counter.theirs[writers[i]] and parts.get(field)
    if text then
      local up, down = text:match('(%d+),(%d+)')
      add(tonumber(up), 1)
      add(tonumber(down), -1)
    end
  end
  for _, amount in ipairs(parts.voids[key] or {}) do add(math.abs(amount), amount > 0 and -1 or 1) end
  local carry = math.floor(low / LIMB)
  return high + carry, low - carry * LIMB
end

-- The same as one number; +-2^53 where it passes the bound.
local function durable_sum(bucket, key, counter, parts)
  local high, low = durable_limbs(bucket, key, counter, parts)
  local sum = high * LIMB + low
  return math.max(-MAX - 1, math.min(MAX + 1, sum))
end
