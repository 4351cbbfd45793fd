--[[
bucket-since: the counters of one bucket that changed after a rev, for a reader that has missed a publication.
KEYS[1] meta         hash     the bucket
KEYS[2] index        zset     counter -> rev
ARGV[1] incarnation  string   of the reader's position
ARGV[2] rev          integer  of the reader's position
ARGV[3] rowsMax      integer  more than that are not sent
Returns { 'since', incarnation, seq, rev, then per counter: key, viewers, connections, durable, updated, rev }
        or { 'need', incarnation, seq, rev }: the reader must read again what it has in use
Refuses nothing
Retry   safe: it writes nothing
Cost    O(rows sent)
Holds   nothing is changed
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
local meta, index = KEYS[1], KEYS[2]
local incarnation, rev, rowsMax = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local bucket = bucket_peek(meta)
local position = { bucket.incarnation, int(bucket.seq), int(bucket.rev) }
local after = '(' .. int(rev)
if incarnation ~= bucket.incarnation or rev < math.max(bucket.revFloor, bucket.staleRev) or rev > bucket.rev
  or redis.call('ZCOUNT', index, after, '+inf') > rowsMax then
  return { 'need', unpack(position) }
end
local reply = { 'since', unpack(position) }
local rows = redis.call('ZRANGE', index, after, '+inf', 'BYSCORE', 'WITHSCORES')
for i = 1, #rows, 2 do
  if not is_peers_row(rows[i]) then
    local viewers, connections, durable, updated = counter_view(bucket, rows[i])
    for _, part in ipairs({ rows[i], viewers, connections, durable, updated, rows[i + 1] }) do reply[#reply + 1] = part end
  end
end
return reply
