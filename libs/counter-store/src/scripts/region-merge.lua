--[[
region-merge: take one part of what a peer holds of a bucket, whole or not at all (docs/protocol.md §8, ADR 9).
KEYS[1] meta             hash     the bucket
KEYS[2] index            zset     counter -> rev
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
ARGV[6] nowMs            integer  milliseconds since 1970; empty: by the clock of Redis; rotates the ids, else informational
ARGV[7] windowMs         integer  how long an operation id is kept at least
ARGV[8] sender           string   the peer's region
ARGV[9] incarnation      string   of the peer's bucket
ARGV[10] from            integer  rev of the peer's bucket: rows changed in (from, to]; empty: a part of whole state
ARGV[11] to              integer  what is pulled with this part
ARGV[12] covers          json     what the vector joins: [[region, incarnation, seq, baseIncarnation, baseSeq], ...]; empty: more comes
ARGV[13] modulus         integer  with number: the part is all of that slice; empty: it is no slice
ARGV[14] number          integer  of the slice
ARGV[15] askedUnder      string   incarnation of this bucket when the part was asked for
ARGV[16] trended         string   names of counters whose gains are kept for trend-read, separated by commas
ARGV[17] state           json     vector, writers, rows, operations, voids, follows, histories, votes
Returns { 'taken' | 'need', incarnation, seq, rev, pulledIncarnation, pulledRev, then the vector: region, incarnation, seq each }
Refuses need: the part does not follow on what is pulled or the slices before it, or may lack what this bucket has forgotten; nothing is changed
Retry   safe: every row joins
Cost    O(rows x (regions + writers) + records); a slice also O(counters held of it)
Holds   P1, P2, V1, V2, V3, E1, E2, E3, B1, B2, W2; registers of this region and totals of its present incarnation are never taken
]]
--- @include clock
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include sum
--- @include trend
--- @include writers
--- @include operation-ids
--- @include regions
--- @include slots
--- @include quota
--- @include gone
--- @include merge
--- @include merge-registers
--- @include pairs
--- @include merge-voids
--- @include merge-records
--- @include follows
--- @include merge-follows
--- @include history
--- @include merge-history
--- @include votes
--- @include merge-votes
--- @include merge-end
local meta, index, names, operations0, operations1, voids = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local nowMs, windowMs, sender, incarnation = clock_ms(ARGV[6]), tonumber(ARGV[7]), ARGV[8], ARGV[9]
local from, to, covers, state = tonumber(ARGV[10]), tonumber(ARGV[11]), ARGV[12], cjson.decode(ARGV[17])
local modulus, number, askedUnder, trended = tonumber(ARGV[13]), tonumber(ARGV[14]), ARGV[15], ARGV[16]
local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
local regions = regions_load(bucket)
local peer = region_of(bucket, regions, sender)
local function answer(verdict)
  regions_save(bucket, regions)
  bucket_close(bucket)
  return { verdict, bucket.incarnation, int(bucket.seq), int(bucket.rev), peer.pulledIncarnation, int(peer.pulledRev), unpack(vector_flat(bucket, regions)) }
end
local isAfterGap = from and (peer.pulledIncarnation ~= incarnation or peer.pulledRev < from)
if askedUnder ~= bucket.incarnation or isAfterGap then return answer('need') end
local gone = gone_open(bucket, regions)
local stream = modulus and gone_stream(gone, sender, incarnation, modulus, number, state)
if modulus and not stream then return answer('need') end
local merge = merge_begin(bucket, regions, gone, state, math.floor(nowMs / 1000), from ~= nil)
if from then trend_begin(bucket, trended) end
merge_rows(merge, modulus, number)
merge_follows(merge, index, names)
merge_histories(merge, index, names)
merge_votes(merge, index, names)
if #state.operations > 0 or redis.call('EXISTS', operations0 .. ':waiting', operations1 .. ':waiting') > 0 then
  merge_operations(merge, state.operations, operation_ids_open(meta, operations0, operations1, nowMs, windowMs, 0, 0), voids)
end
merge_voids(merge, state.voids, voids)
local moved, missed = merge_vector(merge, covers ~= '' and cjson.decode(covers) or {}, from == nil)
gone_close(gone, function(key) merge_touch(merge, key) end)
if covers ~= '' then quota_regain(bucket, sender) end
if stream then gone_took(gone, sender, stream, number) end
merge_end(merge, index, names)
trend_end(bucket, names, nowMs)
-- Whoever pulls from here learns by the rev that there is something to learn.
if moved and bucket.rev == bucket.fromRev then bucket.rev, bucket.changed = bucket.rev + 1, true end
local isAhead = peer.pulledIncarnation == incarnation and peer.pulledRev >= to
if (from or covers ~= '') and not isAhead then peer.pulledIncarnation, peer.pulledRev, peer.changed = incarnation, to, true end
-- It tells of a region that cannot be asked itself from a base that is not covered here: only whole state mends that.
if missed then peer.pulledIncarnation, peer.pulledRev, peer.changed = '', 0, true end
index_trim(bucket, index)
return answer('taken')
