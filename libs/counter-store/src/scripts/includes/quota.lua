--[[
quota: who may lower a bounded counter, and by how much (ADR 15; Balegas et al., SRDS 2015).
Rights of a region = what its writers have raised the counter by less what they have lowered it by, void amounts taken off, plus
what was given to it less what it has given. What was given to region R is the durable counter STEM>R: a writer's `up` in it is what
that writer has given. Hash `regained`: peer -> the own incarnation under which all that it knew has been pulled.
Holds   Q1 the rights of all regions add up to what is counted; Q2 a region lowers, and gives away, no more than its rights are, and
        reckons them no higher: of its own doings it knows all, of what others have done for it perhaps not yet
]]
--- @include regions
--- @include shelf
local function quota_key(stem, region) return stem .. '>' .. region end

-- The region that is given to, where it is the key of such a counter.
local function quota_receiver(key) return key:match('>([a-z0-9-]+)$') end

-- Adds what each region's writers have in a counter, `up - down` times `sign`, to their rights; gives the sum over all.
local function quota_take(bucket, rights, key, writers, sign)
  local fields, sum = { key }, 0
  for i = 2, #writers, 2 do fields[#fields + 1] = key .. '\t' .. writers[i] end
  for place, text in ipairs(shelf_get_all(bucket, key, fields)) do
    local up, down = (text or '0,0'):match('(%d+),(%d+)')
    local region = place == 1 and bucket.region or writers[2 * place - 3]:match('^[^/]+')
    local amount = sign * (tonumber(up) - tonumber(down))
    rights[region], sum = (rights[region] or 0) + amount, sum + amount
  end
  return sum
end

-- Region -> its rights, as of what is stored here.
local function quota_rights(bucket, key, stem, regions)
  local rights, names = { [bucket.region] = 0 }, { bucket.region }
  local writers = redis.call('HGETALL', bucket.prefix .. 'writers')
  for name in pairs(regions.byName) do names[#names + 1] = name end
  quota_take(bucket, rights, key, writers, 1)
  for _, name in ipairs(names) do
    local given = -quota_take(bucket, rights, quota_key(stem, name), writers, -1)
    rights[name] = (rights[name] or 0) + given
  end
  local isVoid = false
  for _, void in ipairs(redis.call('ZRANGE', bucket.prefix .. 'voids', 0, -1)) do
    local region, amount, of = void:match('^([^/]+)/%x+ (%-?%d+) %d+ %d+ ([^\t]+)\t')
    if of == key then rights[region], isVoid = (rights[region] or 0) - tonumber(amount), true end
  end
  return rights, isVoid
end

-- Whether what this Redis may have forgotten has been pulled back from each of these peers, names separated by commas.
local function quota_is_regained(bucket, peers)
  if not bucket.shared then return true end
  for peer in peers:gmatch('[^,]+') do
    if redis.call('HGET', bucket.prefix .. 'regained', peer) ~= bucket.incarnation then return false end
  end
  return true
end

-- A peer has given all that it knew to this bucket as it is now.
local function quota_regain(bucket, peer)
  local regained = bucket.prefix .. 'regained'
  if redis.call('HGET', regained, peer) ~= bucket.incarnation then redis.call('HSET', regained, peer, bucket.incarnation) end
end

-- Why a bounded counter cannot be changed so, or nil. `book` holds what this script has added to it before.
local function quota_refusal(book, key, counter, stem, amount)
  if amount >= 0 then return nil end
  if not quota_is_regained(book.bucket, book.peers) then return 'QUOTA_ELSEWHERE' end
  if not book.rights[key] then
    local rights, isVoid = quota_rights(book.bucket, key, stem, regions_load(book.bucket))
    book.rights[key] = { here = rights[book.bucket.region], isVoid = isVoid }
  end
  local rights = book.rights[key]
  local isShort = counter.total + amount < 0
  -- What was raised twice, and sold twice, may have left others with less than nothing: then the count is looked at too.
  if rights.here + (counter.added or 0) + amount >= 0 and not (rights.isVoid and isShort) then return nil end
  return isShort and 'BELOW_ZERO' or 'QUOTA_ELSEWHERE'
end
