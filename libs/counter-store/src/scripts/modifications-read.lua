--[[
modifications-read: how often pages of one bucket were modified, writer by writer, as unread is computed from it (DESIGN.md §8).
KEYS[1] meta   hash  the bucket of the pages
ARGV[1] pages  list  of (counter key, floor): of the pairs (pairs.lua) those are told that reach above it; empty: none are
Returns { incarnation, seq, rev, then per page: seconds since 1970 when it last changed or 0; 'writer position' each; how many
        pairs there are; 'writer position writer position' of each that is told }; writer ~: this region's life zero,
        /incarnation: this region, which has no name yet
Refuses nothing; an unknown page has no writers
Retry   safe: it writes nothing
Cost    O(pages x writers + pairs told)
Holds   nothing is changed; what is told is as of one instant
]]
--- @include bucket
--- @include shelf
--- @include writers
--- @include pairs
local meta = KEYS[1]
local PAGES = 1

-- Not bucket_peek, which reads and makes three times as much: a user's pages lie in hundreds of buckets.
local head = redis.call('HMGET', meta, 'incarnation', 'seq', 'rev', 'begun', 'shelves', 'shared', 'rewound')
local bucket = { prefix = meta:sub(1, -5), incarnation = head[1] or '', begun = tonumber(head[4] or 0),
  shelves = tonumber(head[5] or 1), shared = head[6], region = head[6] or '', power = 1, hashes = {} }
while bucket.power * 2 <= bucket.shelves do bucket.power = bucket.power * 2 end
local names, numbers = {}, redis.call('HGETALL', bucket.prefix .. 'writers')
for i = 1, #numbers, 2 do names[tonumber(numbers[i + 1])] = numbers[i] end

-- The own totals are those of the life in which they were last written (P2); while nobody else knows of them all are of life zero, but
-- for those that were written over since (counter-set).
local function own_writer(key, seq)
  local life = bucket.shared and life_of(bucket, seq) or LIFE_ZERO
  if head[7] and not bucket.shared then life = redis.call('HGET', bucket.prefix .. 'rewound', key) or LIFE_ZERO end
  return life == LIFE_ZERO and '~' or bucket.region .. '/' .. life
end

local function told_pairs(key, floor)
  local held, told = pairs_key(bucket, key), {}
  if floor == '' then return '' end
  for i, member in ipairs(redis.call('ZRANGE', held, '(' .. floor, '+inf', 'BYSCORE')) do
    told[i] = member:gsub('(%d+) (%d+)', function(number, position) return names[tonumber(number)] .. ' ' .. position end)
  end
  return table.concat(told, ' ')
end

local reply = { bucket.incarnation, head[2] or '0', head[3] or '0' }
for i = PAGES, #ARGV, 2 do
  local key, fields, made = ARGV[i], { ARGV[i] }, {}
  for number = 1, #names do fields[number + 1] = key .. '\t' .. number end
  local held = shelf_get_all(bucket, key, fields)
  local up, seq, updated = (held[1] or ''):match('^(%d+),%d+,%-?%d+,(%d+),(%d+)')
  if up and up ~= '0' then made[1] = own_writer(key, tonumber(seq)) .. ' ' .. up end
  for number = 1, #names do
    local theirs = held[number + 1] and held[number + 1]:match('^%d+')
    if theirs and theirs ~= '0' then made[#made + 1] = names[number] .. ' ' .. theirs end
  end
  local count = int(redis.call('ZCARD', pairs_key(bucket, key)))
  for _, part in ipairs({ updated or '0', table.concat(made, ' '), count, told_pairs(key, ARGV[i + 1]) }) do reply[#reply + 1] = part end
end
return reply
