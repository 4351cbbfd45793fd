--[[
bucket-sweep: drop what a bucket no longer needs: zeros of presence, slots of time that are over, records of batches long gone.
KEYS[1] meta           hash     the bucket; sweptRev, sweptAt, sweptSeen, slotted, slotShelf
KEYS[2] index          zset     counter -> rev
KEYS[3] batches        hash     instance -> 'number,seconds,outcomes'
KEYS[4] gateways       hash     instance -> version stored
ARGV[1] now            integer  milliseconds since 1970; empty: by the clock of Redis
ARGV[2] zeroSeconds    integer  how long a zero is kept, so that readers can be told of it
ARGV[3] batchSeconds   integer  how long the record of an instance's last batch is kept
ARGV[4] rowsMax        integer  index rows looked at in one call
Returns { rows cut, records dropped, fields of slots dropped, then per gateway known here: instance, version stored }
Refuses nothing
Retry   safe
Cost    O(rowsMax + instances); rows that were kept are not looked at again; where there are slots also O(fields of 8 shelves), and
        once all shelves have been walked through O(void amounts)
Holds   B3, W2; a zero is dropped together with its row, so no interval is offered that would omit it
]]
--- @include clock
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include slots
--- @include slots-sweep
local meta, index, batches, gateways = unpack(KEYS)
local now, zeroSeconds = math.floor(clock_ms(ARGV[1]) / 1000), tonumber(ARGV[2])
local batchSeconds, rowsMax = tonumber(ARGV[3]), tonumber(ARGV[4])

local bucket = bucket_peek(meta)
local cutRows = 0
-- Rows up to the mark have been there for zeroSeconds at least; the mark moves on when it has aged. Those up to `seen` were
-- looked at and kept: what has become a zero since then has a later row.
local markRev, markAt, seenRev = unpack(redis.call('HMGET', meta, 'sweptRev', 'sweptAt', 'sweptSeen'))
if not markAt or now - tonumber(markAt) >= zeroSeconds then
  markRev, seenRev = markRev or '0', seenRev or '0'
  local zero = 0
  local old = redis.call('ZRANGE', index, '(' .. seenRev, markRev, 'BYSCORE', 'LIMIT', 0, rowsMax)
  for place, key in ipairs(old) do
    local viewers, connections = counter_view(bucket, key)
    local isEmpty = viewers == '0' and connections == '0' and not shelf_get(bucket, key, key)
    if isEmpty and not is_peers_row(key) then zero = place end
  end
  local seen = #old < rowsMax and markRev or redis.call('ZSCORE', index, old[#old])
  if zero > 0 then
    cutRows = redis.call('ZRANK', index, old[zero]) + 1
    index_cut(bucket, index, cutRows)
  end
  if seen ~= seenRev then redis.call('HSET', meta, 'sweptSeen', seen) end
  if #old < rowsMax and tonumber(markRev) ~= bucket.rev then
    redis.call('HSET', meta, 'sweptRev', int(bucket.rev), 'sweptAt', int(now))
  end
end
local slotsDropped = slots_sweep(bucket, index, now)
bucket_close(bucket)

local dropped = 0
local records = redis.call('HGETALL', batches)
for i = 1, #records, 2 do
  local seconds = tonumber(records[i + 1]:match('%d+,(%d+)'))
  if now - seconds >= batchSeconds then dropped = dropped + redis.call('HDEL', batches, records[i]) end
end
return { cutRows, dropped, slotsDropped, unpack(redis.call('HGETALL', gateways)) }
