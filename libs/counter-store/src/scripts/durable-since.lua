--[[
durable-since: the durable counters of one bucket that changed after a rev, for a copy of them outside of Redis (docs/export.md).
KEYS[1] meta             hash     the bucket
KEYS[2] index            zset     counter -> rev
KEYS[3] names            hash     digest key -> full name
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] incarnation      string   of the copy's position
ARGV[7] rev              integer  of the copy's position
ARGV[8] rowsMax          integer  rows of the index looked at in one call
Returns { 'since', incarnation, seq, rev, to, then per counter: full name, total, updated }: all that changed in (rev of the copy, to],
        as of the position; to is below its rev where there is more
        or { 'need', incarnation, seq, rev, modulus }: the copy needs all counters, in slices of that modulus
Refuses nothing
Retry   safe
Cost    O(rowsMax)
Holds   B1, B2
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include durable-rows
local meta, index, names = KEYS[1], KEYS[2], KEYS[3]
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local incarnation, rev, rowsMax = ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
bucket_close(bucket)
local position = { bucket.incarnation, int(bucket.seq), int(bucket.rev) }
if incarnation ~= bucket.incarnation or rev < bucket.revFloor or rev > bucket.rev then
  return { 'need', position[1], position[2], position[3], int(bucket.power) }
end
local rows = redis.call('ZRANGE', index, '(' .. int(rev), '+inf', 'BYSCORE', 'LIMIT', 0, rowsMax + 1, 'WITHSCORES')
-- Each row has a rev of its own, so whatever comes after the last one told is above it.
local isAll = #rows <= 2 * rowsMax
local to = isAll and bucket.rev or tonumber(rows[2 * rowsMax])
local reply = { 'since', position[1], position[2], position[3], int(to) }
for i = 1, math.min(#rows, 2 * rowsMax), 2 do
  if not is_peers_row(rows[i]) then durable_row(reply, bucket, names, rows[i]) end
end
return reply
