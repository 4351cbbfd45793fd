--[[
bucket: opens and closes one bucket inside a script, with the fence of DESIGN.md §5.
A script calls bucket_open (or bucket_peek, which writes nothing), changes what it must, and bucket_close.
Holds   B1 a (incarnation, seq) is given out once; B2 rev grows with every visible change;
        B3 rev floor is not below the rev of any row that was cut from the index.
]]
local int = function(number) return ('%.0f'):format(number) end

-- What the meta hash says of the bucket, read in one call. `prefix` names the bucket's other keys.
local function bucket_peek(meta)
  local held = redis.call('HMGET', meta, 'incarnation', 'seq', 'rev', 'floor', 'revFloor', 'shelves', 'entries', 'replid')
  local bucket = {
    meta = meta, prefix = meta:sub(1, -5), incarnation = held[1] or '', seq = tonumber(held[2] or 0),
    rev = tonumber(held[3] or 0), floor = tonumber(held[4] or 0), revFloor = tonumber(held[5] or 0),
    shelves = tonumber(held[6] or 1), entries = tonumber(held[7] or 0), replid = held[8],
    news = {}, changed = false, reborn = false,
  }
  bucket.fromRev = bucket.rev
  bucket.shape = (held[7] or '0') .. ',' .. (held[6] or '1') .. ',' .. (held[4] or '0') .. ',' .. (held[5] or '0')
  bucket.power = 1
  while bucket.power * 2 <= bucket.shelves do bucket.power = bucket.power * 2 end
  return bucket
end

-- As bucket_peek, and begins a new incarnation where this Redis may have forgotten something: its replication
-- id is another (restart, promotion) or absent (flush), or the caller has seen more than it holds (rollback).
local function bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev)
  local bucket = bucket_peek(meta)
  local replid = redis.call('INFO', 'replication'):match('master_replid:(%x+)')
  local behind = seenIncarnation > bucket.incarnation or (seenIncarnation == bucket.incarnation
    and (tonumber(seenSeq) > bucket.seq or tonumber(seenRev) > bucket.rev))
  if bucket.replid == replid and not behind then return bucket end
  local function ms(incarnation) return tonumber(incarnation:sub(1, 12), 16) or -1 end
  local begun = math.max(ms(candidate), ms(seenIncarnation) + 1, ms(bucket.incarnation) + 1)
  bucket.incarnation = ('%012x'):format(begun) .. candidate:sub(13)
  bucket.floor, bucket.revFloor, bucket.replid = bucket.seq, bucket.rev, replid
  bucket.changed, bucket.reborn = true, true
  return bucket
end

-- Writes back what changed and tells the readers, in the same atomic step as the change itself.
local function bucket_close(bucket)
  if not bucket.changed then return end
  redis.call('HSET', bucket.meta, 'seq', int(bucket.seq), 'rev', int(bucket.rev))
  -- The rest changes seldom, and every field written is a field in the append-only file.
  local shape = int(bucket.entries) .. ',' .. int(bucket.shelves) .. ',' .. int(bucket.floor) .. ',' .. int(bucket.revFloor)
  if shape ~= bucket.shape then
    redis.call('HSET', bucket.meta, 'entries', int(bucket.entries), 'shelves', int(bucket.shelves),
      'floor', int(bucket.floor), 'revFloor', int(bucket.revFloor))
  end
  if bucket.reborn then redis.call('HSET', bucket.meta, 'incarnation', bucket.incarnation, 'replid', bucket.replid) end
  if #bucket.news == 0 and not bucket.reborn then return end
  -- An empty Lua table would be written as an object.
  local news = #bucket.news == 0 and '[]' or cjson.encode(bucket.news)
  redis.call('PUBLISH', bucket.prefix .. 'changes', '["' .. bucket.incarnation .. '","' .. int(bucket.fromRev)
    .. '","' .. int(bucket.rev) .. '",' .. news .. ']')
end
