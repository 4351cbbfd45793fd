--[[
sets: how a durable counter comes to a value that it is given (ADR 18): what it lacks is added, by a writer that has room.
A set is { bucket, index, names, key, value, id, slotted: its stem where it is windowed, now, peers, ids, isPaired: unread is computed
from it, candidate, seenIncarnation }.
Holds   P1 of what peers may know totals only grow; P2 what makes up for full totals is a writer's own, as they are
]]
--- @include bucket
--- @include operation-ids
--- @include sum
--- @include writers
--- @include additions
-- Half of what a total may be: beyond it a counter has no room.
local HALF, HALF_LIMBS = 4503599627370496, 33554432

local function set_book(set)
  local book = additions_begin(set.bucket, set.names, set.now, set.peers)
  book.ids = set.ids
  return book
end

-- No client can send a control character, so the id of a set is that of no addition. The mark says what was set; peers are not told.
local function set_record_id(set) return '\2' .. set.id end
local function set_mark(set) return '\2' .. set.id .. '\2' end
local function set_body(set) return set.key .. ' ' .. int(set.value) end

-- What to answer where the id is known, and the total before; nil where it may be taken now.
local function set_known(set)
  local marked = operation_record(set.ids, set_mark(set))
  if marked then
    local body, before = marked:match('^(.*) (%S+)$')
    return body == set_body(set) and 'replayed' or 'OPERATION_ID_REUSED', before
  end
  -- Set in another region under that id: what the total was there is not told.
  local record = operation_record(set.ids, set_record_id(set))
  if record then return record:sub(1, #set.key + 1) == set.key .. ' ' and 'replayed' or 'OPERATION_ID_REUSED', '' end
  return operation_id_outcome(set.ids, set_record_id(set), ''), ''
end

local function set_begin(set) bucket_begin(set.bucket, set.candidate, set.seenIncarnation) end

-- What has to be added, in order: one amount, or where the sum has left the integers several. Each leaves room to a writer that is new.
local function set_amounts(set, counter)
  local value = set.value
  local amount = value - counter.total
  if math.abs(counter.total) <= MAX and math.abs(amount) <= MAX then return { amount } end
  local amounts, high, low = {}, durable_limbs(set.bucket, set.key, counter)
  while math.abs(high) >= HALF_LIMBS do
    local sign = high > 0 and 1 or -1
    amounts[#amounts + 1], high = -sign * HALF, high - sign * HALF_LIMBS
  end
  amounts[#amounts + 1] = 0 - (high * LIMB + low)
  if value ~= 0 then amounts[#amounts + 1] = value end
  return amounts
end

-- Whether the counter, and the slots that it is in now, have room after this amount.
local function set_has_room(set, book, amount)
  for _, part in ipairs(additions_parts(book, set.key, '', set.slotted)) do
    local counter = additions_counter(book, part.key)
    if counter.up + math.max(amount, 0) > HALF or counter.down + math.max(-amount, 0) > HALF then return false end
  end
  return true
end

-- Adds as an increment does. `ofId`: the id that peers are told, or empty.
local function set_count(set, amount, ofId)
  local book = set_book(set)
  for _, part in ipairs(additions_parts(book, set.key, ofId, set.slotted)) do additions_count(book, part.key, amount, part.id) end
  additions_end(book, set.index)
end

-- While nobody else can know of them, totals are written over. Whoever has read the page has marks beyond the new ones, so what is
-- modified from here on is under another writer's name (modifications-read): hash `rewound`, counter -> incarnation.
local function set_rewind(set, amounts)
  local bucket, amount = set.bucket, 0
  for _, each in ipairs(amounts) do amount = amount + each end
  set_begin(set)
  for _, part in ipairs(additions_parts(set_book(set), set.key, '', set.slotted)) do
    local counter = durable_open(bucket, part.key)
    local own = math.max(-HALF, math.min(HALF, counter.up - counter.down + amount))
    counter.up, counter.down, bucket.seq = math.max(own, 0), math.max(0 - own, 0), bucket.seq + 1
    durable_count(bucket, part.key, counter, amount)
    counter.seq, counter.updated, counter.resum = bucket.seq, set.now, true
    durable_put(bucket, set.index, part.key, counter)
  end
  if not set.isPaired then return end
  redis.call('HSET', bucket.prefix .. 'rewound', set.key, bucket.incarnation)
  redis.call('HSET', bucket.meta, 'rewound', '1')
end

local function set_make(set, book, amounts)
  -- A modification is known by its place, so what is none has no record. Nor have amounts that other regions need not have split alike.
  local ofId = set.ids and #amounts == 1 and not set.isPaired and set_record_id(set) or ''
  if #amounts == 1 and set_has_room(set, book, amounts[1]) then return set_count(set, amounts[1], ofId) end
  if not set.bucket.shared then return set_rewind(set, amounts) end
  -- What peers know of is left to the writers that have ended, and so are the amounts that make up for it.
  for _, amount in ipairs(amounts) do
    set_begin(set)
    set_count(set, amount, ofId)
  end
  set_begin(set)
end
