--[[
region-since: what changed in a bucket after a rev, for a peer (docs/protocol.md §8).
KEYS[1] meta             hash     the bucket
KEYS[2] index            zset     counter -> rev; 'f\tuser\tpage', 'h\tpage\tevent' and 'v\tcounter\tvoter' -> rev
KEYS[3] names            hash     digest key -> full name
KEYS[4] operations0      hash     operation id -> record, one generation; its log beside it
KEYS[5] operations1      hash     the other generation
KEYS[6] voids            zset     'writer amount seq position key\tid' -> rev
KEYS[7] regions          hash     what is known of the other regions
KEYS[8] writers          hash     writer -> number
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] incarnation      string   of this bucket, as the peer has pulled it
ARGV[7] rev              integer  up to which the peer has pulled
ARGV[8] vector           json     of the peer's bucket: [[region, incarnation, seq], ...]
ARGV[9] rowsMax          integer  rows looked at in one call
ARGV[10] recordsMax      integer  records and voids sent in one call, but for those of one rev
Returns { 'since', incarnation, seq, rev, replid, to, modulus, state, covers } where rows changed in (rev, to] are told; as JSON
        or { 'need', incarnation, seq, rev, replid, 0, modulus, '', '' }: the peer needs whole state, in slices of that modulus
Refuses nothing
Retry   safe
Cost    O(rowsMax x (regions + writers) + recordsMax)
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
--- @include export-records
--- @include follows
--- @include export-follows
--- @include history
--- @include export-history
--- @include votes
--- @include export-votes
local meta, index, names, operations0, operations1, voids = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local incarnation, rev, vector = ARGV[6], tonumber(ARGV[7]), vector_read(cjson.decode(ARGV[8]))
local rowsMax, recordsMax = tonumber(ARGV[9]), tonumber(ARGV[10])

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
bucket_close(bucket)
local position = { bucket.incarnation, int(bucket.seq), int(bucket.rev) }
if incarnation ~= bucket.incarnation or rev < bucket.revFloor or rev > bucket.rev then
  return { 'need', position[1], position[2], position[3], bucket.replid, '0', int(bucket.power), '', '' }
end

local to = bucket.rev
local rows = redis.call('ZRANGE', index, '(' .. int(rev), '+inf', 'BYSCORE', 'LIMIT', 0, rowsMax + 1, 'WITHSCORES')
if #rows > 2 * rowsMax then to = tonumber(rows[2 * rowsMax]) end
to = records_until({ operations0 .. ':log', operations1 .. ':log', voids }, rev, to, recordsMax)

local out = export_begin(bucket, vector)
for i = 1, #rows, 2 do
  local kind, first, second = rows[i]:match('^(%a)\t([^\t]+)\t?(.*)$')
  if tonumber(rows[i + 1]) > to then break end
  if kind == 'f' then export_follow(out, first, second)
  elseif kind == 'h' then export_history(out, first, second)
  elseif kind == 'v' then export_vote(out, first, second)
  else export_row(out, rows[i]) end
  -- Histories are long: what is told goes no further than they let it.
  if (out.weight or 0) >= rowsMax then to = math.min(to, tonumber(rows[i + 1])) end
end
export_records(out, operations0, operations1, voids, rev, to)
export_polls(out)
return { 'since', position[1], position[2], position[3], bucket.replid, int(to), int(bucket.power), export_end(out), json_vector(out.vector, true) }
