--[[
history-add: add a modification to the history of its page.
KEYS[1] meta             hash     the bucket of the page; historyLength
KEYS[2] index            zset     counter -> rev; 'h\tpage\tevent' -> rev
KEYS[3] names            hash     digest -> full name
KEYS[4] histories        zset     pages that have a history
KEYS[5] history          hash     event id -> entry, of this page
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] page             string   id or digest
ARGV[7] pageName         string   the id, where page is a digest, else empty
ARGV[8] lengthMax        integer  entries kept of a page, and up to a quarter more
ARGV[9] event            string   its id
ARGV[10] atMs            integer  when it happened, milliseconds since 1970
ARGV[11] json            json     what is told of it; opaque here
ARGV[12] isFull          string   1 where the store has no room for anything new, else empty
Returns { incarnation, seq, rev, replid, 1 where it is in the history now and was not, else 0 }
Refuses nothing; where the store is full a page that has no history gets none
Retry   safe: what is there stays as it is
Cost    O(1), once in a while O(lengthMax log lengthMax)
Holds   B1, B2
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include history
local meta, index, names = KEYS[1], KEYS[2], KEYS[3]
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local page, pageName, lengthMax = ARGV[6], ARGV[7], tonumber(ARGV[8])
local event, atMs, json, isFull = ARGV[9], tonumber(ARGV[10]), ARGV[11], ARGV[12]

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
local isKept = isFull == '' or redis.call('EXISTS', KEYS[5]) == 1
if isKept and pageName ~= '' then redis.call('HSET', names, page, pageName) end
local isNews = isKept and history_put(bucket, index, page, { id = event, at = atMs, json = json }, history_length(bucket, lengthMax))
index_trim(bucket, index)
bucket_close(bucket)
return { bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.replid, isNews and '1' or '0' }
