--[[
region-follows: follows of a bucket, user by user, then histories, page by page: a part of them, for a peer that takes whole state.
KEYS[1] meta             hash     the bucket
KEYS[2] followers        zset     users
KEYS[3] histories        zset     pages that have a history
KEYS[4] names            hash     digest -> full name
KEYS[5] markers          hash     writer -> number, number -> writer
KEYS[6] regions          hash     what is known of the other regions
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] user             string   up to whom the peer has been told, or who is being told of; empty: nobody; a tab and a page: up to its history
ARGV[7] scan             string   where in the follows of that user HSCAN goes on; 0: with the next user
ARGV[8] rowsMax          integer  told in one call, but for those of one step of HSCAN
Returns { incarnation, seq, rev, replid, user, scan, state }: where to go on; user is empty where none is left
Refuses nothing
Retry   safe. Follows that come while a peer goes through them have rows in the index
Cost    O(rowsMax x writers marked)
Holds   B1, B2
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include sum
--- @include writers
--- @include regions
--- @include json
--- @include export
--- @include follows
--- @include export-follows
--- @include history
--- @include export-history
local meta, followers, histories = KEYS[1], KEYS[2], KEYS[3]
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local user, scan, rowsMax = ARGV[6], ARGV[7], tonumber(ARGV[8])

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
bucket_close(bucket)
local out = export_begin(bucket, nil)
local function after(zset, place) return redis.call('ZRANGE', zset, '(' .. place, '+', 'BYLEX', 'LIMIT', 0, 1)[1] end
local isHistory = user:sub(1, 1) == '\t'
while not isHistory and #out.follows < rowsMax do
  if scan == '0' then user = after(followers, user) or '\t' end
  isHistory = user == '\t'
  if isHistory then break end
  local step = redis.call('HSCAN', follows_key(bucket, user), scan, 'COUNT', rowsMax - #out.follows)
  scan = step[1]
  for i = 1, #step[2], 2 do export_follow(out, user, step[2][i], step[2][i + 1]) end
end
while isHistory and #out.follows + (out.weight or 0) < rowsMax do
  local page = after(histories, user:sub(2))
  if page then export_history(out, page) end
  user = page and '\t' .. page or ''
  if not page then break end
end
return { bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.replid, user, scan, export_end(out) }
