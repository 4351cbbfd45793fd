--[[
bucket-sweep: drop what a bucket no longer needs: zeros of presence, and batch records of instances long gone.
KEYS[1] meta           hash     the bucket
KEYS[2] index          zset     counter -> rev
KEYS[3] batches        hash     instance -> 'number,seconds,outcomes'
KEYS[4] gateways       hash     instance -> version stored
ARGV[1] now            integer  seconds since 1970
ARGV[2] zeroSeconds    integer  how long a zero is kept, so that readers can be told of it
ARGV[3] batchSeconds   integer  how long the record of an instance's last batch is kept
ARGV[4] rowsMax        integer  index rows looked at in one call
Returns { rows cut, records dropped, then per gateway known here: instance, version stored }
Refuses nothing
Retry   safe
Cost    O(rowsMax + instances)
Holds   B3; a zero is dropped together with its row, so no interval is offered that would omit it
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
local meta, index, batches, gateways = unpack(KEYS)
local now, zeroSeconds = tonumber(ARGV[1]), tonumber(ARGV[2])
local batchSeconds, rowsMax = tonumber(ARGV[3]), tonumber(ARGV[4])

local bucket = bucket_peek(meta)
local cutRows = 0
-- Rows up to the mark have been there for zeroSeconds at least; the mark moves on when it has aged.
local markRev, markAt = unpack(redis.call('HMGET', meta, 'sweptRev', 'sweptAt'))
if not markAt or now - tonumber(markAt) >= zeroSeconds then
  local cut = 0
  local old = redis.call('ZRANGE', index, '-inf', markRev or '0', 'BYSCORE', 'LIMIT', 0, rowsMax)
  for place, key in ipairs(old) do
    local viewers, connections = counter_view(bucket, key)
    if viewers == '0' and connections == '0' and not shelf_get(bucket, key, key) then cut = place end
  end
  if cut > 0 then index_cut(bucket, index, cut) end
  cutRows = cut
  if cut < rowsMax and tonumber(markRev or -1) ~= bucket.rev then
    redis.call('HSET', meta, 'sweptRev', int(bucket.rev), 'sweptAt', int(now))
  end
end
bucket_close(bucket)

local dropped = 0
local records = redis.call('HGETALL', batches)
for i = 1, #records, 2 do
  local seconds = tonumber(records[i + 1]:match('%d+,(%d+)'))
  if now - seconds >= batchSeconds then dropped = dropped + redis.call('HDEL', batches, records[i]) end
end
return { cutRows, dropped, unpack(redis.call('HGETALL', gateways)) }
