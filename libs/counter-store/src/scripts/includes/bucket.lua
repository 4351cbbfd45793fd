--[[
bucket: opens and closes one bucket inside a script, with the fence of DESIGN.md §5.
A script calls bucket_open (or bucket_peek, which writes nothing), changes what it must, and bucket_close.
Beside its shelves a bucket has `lives`: a list of 'incarnation:seq at its start', oldest first; only where it is shared.
Shared means that a peer may hold what this bucket has written (meta then has the region's name): then an ended incarnation keeps its entries for ever,
for the peer may know later ones. A bucket that is not shared takes them over into its new incarnation; all that it has written by the time
when it is shared is of one life, LIFE_ZERO, so that marks made before (follows.lua) name the same writer as those made after.
Holds   B1 a (incarnation, seq) is given out once; B2 rev grows with every visible change;
        B3 rev floor is not below the rev of any row that was cut from the index.
]]
local int = function(number) return ('%.0f'):format(number) end
local LIFE_ZERO = ('0'):rep(20)

-- Byte by byte: how < puts texts in order hangs on the locale of the server, and regions may differ in that. Incarnations are alike in all.
local function is_after(one, other)
  for i = 1, math.max(#one, #other) do
    local left, right = one:byte(i) or -1, other:byte(i) or -1
    if left ~= right then return left > right end
  end
  return false
end

local function bucket_shape(bucket)
  return { 'entries', int(bucket.entries), 'shelves', int(bucket.shelves), 'revFloor', int(bucket.revFloor),
    'foreign', int(bucket.foreign), 'begun', int(bucket.begun), 'follows', int(bucket.follows), 'votes', int(bucket.votes) }
end

-- What the meta hash says of the bucket, read in one call. `prefix` names the bucket's other keys.
local function bucket_peek(meta)
  local held = redis.call('HMGET', meta, 'incarnation', 'seq', 'rev', 'begun', 'revFloor', 'shelves', 'entries', 'replid',
    'shared', 'foreign', 'stale', 'staleRev', 'follows', 'votes')
  local bucket = {
    meta = meta, prefix = meta:sub(1, -5), incarnation = held[1] or '', seq = tonumber(held[2] or 0),
    rev = tonumber(held[3] or 0), begun = tonumber(held[4] or 0), revFloor = tonumber(held[5] or 0),
    shelves = tonumber(held[6] or 1), entries = tonumber(held[7] or 0), replid = held[8],
    shared = held[9] ~= nil and held[9] ~= false, region = held[9] or '', foreign = tonumber(held[10] or 0), stale = held[11] or '', staleRev = tonumber(held[12] or 0),
    follows = tonumber(held[13] or 0), votes = tonumber(held[14] or 0), hashes = {}, news = {}, followers = {}, changed = false, reborn = false, power = 1,
  }
  bucket.fromRev = bucket.rev
  bucket.shape = table.concat(bucket_shape(bucket), ',')
  while bucket.power * 2 <= bucket.shelves do bucket.power = bucket.power * 2 end
  return bucket
end

-- From the first call by someone who has peers on, a bucket is shared: what it writes may leave the region.
local function bucket_share(bucket, region)
  bucket.shared, bucket.region, bucket.changed = true, region, true
  redis.call('HSET', bucket.meta, 'shared', region)
  if bucket.incarnation == '' then return end
  bucket.begun = bucket.seq
  redis.call('RPUSH', bucket.prefix .. 'lives', LIFE_ZERO .. ':0', bucket.incarnation .. ':' .. int(bucket.seq))
end

local knownReplid -- Read once a script, as it cannot change meanwhile, however many buckets that opens.
local function replication_id()
  knownReplid = knownReplid or redis.call('INFO', 'replication'):match('master_replid:(%x+)')
  return knownReplid
end

-- Begins a later incarnation. What a shared bucket has written before stays under the old one: its own totals start from zero.
local function bucket_begin(bucket, candidate, seenIncarnation)
  local function ms(incarnation) return tonumber(incarnation:sub(1, 12), 16) or -1 end
  local begun = math.max(ms(candidate), ms(seenIncarnation) + 1, ms(bucket.incarnation) + 1)
  bucket.incarnation, bucket.revFloor = ('%012x'):format(begun) .. candidate:sub(13), bucket.rev
  if bucket.shared then
    bucket.begun = bucket.seq
    redis.call('RPUSH', bucket.prefix .. 'lives', bucket.incarnation .. ':' .. int(bucket.seq))
  end
  bucket.changed, bucket.reborn = true, true
  return bucket
end

-- As bucket_peek, and begins a new incarnation where this Redis may have forgotten something: its replication
-- id is another (restart, promotion) or absent (flush), or the caller has seen more than it holds (rollback).
local function bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
  local bucket = bucket_peek(meta)
  if region ~= '' and not bucket.shared then bucket_share(bucket, region) end
  local replid = replication_id()
  local behind = seenIncarnation > bucket.incarnation or (seenIncarnation == bucket.incarnation
    and (tonumber(seenSeq) > bucket.seq or tonumber(seenRev) > bucket.rev))
  if bucket.replid == replid and not behind then return bucket end
  bucket.replid = replid
  return bucket_begin(bucket, candidate, seenIncarnation)
end

-- Writes back what changed and tells the readers, in the same atomic step as the change itself.
local function bucket_close(bucket)
  if not bucket.changed then return end
  redis.call('HSET', bucket.meta, 'seq', int(bucket.seq), 'rev', int(bucket.rev))
  -- The rest changes seldom, and every field written is a field in the append-only file.
  local shape = bucket_shape(bucket)
  if table.concat(shape, ',') ~= bucket.shape then redis.call('HSET', bucket.meta, unpack(shape)) end
  if bucket.reborn then redis.call('HSET', bucket.meta, 'incarnation', bucket.incarnation, 'replid', bucket.replid) end
  if bucket.rev == bucket.fromRev and not bucket.reborn and not bucket.toTell then return end
  -- An empty Lua table would be written as an object.
  local news = #bucket.news == 0 and '[]' or cjson.encode(bucket.news)
  local followers = #bucket.followers == 0 and '' or ',' .. cjson.encode(bucket.followers)
  redis.call('PUBLISH', bucket.prefix .. 'changes', '["' .. bucket.incarnation .. '","' .. int(bucket.fromRev)
    .. '","' .. int(bucket.rev) .. '",' .. news .. followers .. ']')
end
