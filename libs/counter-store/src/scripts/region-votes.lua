--[[
region-votes: votes of a bucket, counter by counter: a part of them, for a peer that takes whole state (docs/protocol.md §8).
KEYS[1] meta             hash     the bucket
KEYS[2] names            hash     digest -> full name
KEYS[3] choices          hash     'counter\tchoice' -> key of the counter of that choice, where it is a digest
KEYS[4] regions          hash     what is known of the other regions
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] modulus          integer  a power of two
ARGV[7] number           integer  of the slice of the bucket whose counters are told of
ARGV[8] counter          string   up to which of them the peer has been told, or which is being told of; empty: none of the slice
ARGV[9] scan             string   'number/modulus' of the slice of its voters that is next; empty: the next counter is
ARGV[10] rowsMax         integer  counters and votes looked at in one call, but for those of one slice
Returns { incarnation, seq, rev, replid, number, counter, scan, state }: where to go on; number is the modulus where none is left
Refuses nothing
Retry   safe. Votes that come while a peer goes through them have rows in the index
Cost    O(rowsMax)
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
--- @include votes
--- @include export-votes
local meta = KEYS[1]
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local modulus, number, counter, scan, rowsMax = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8], ARGV[9], tonumber(ARGV[10])

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
bucket_close(bucket)
local out, looked = export_begin(bucket, nil), 0
if bucket.votes == 0 then number = modulus end

-- The counters of a slice that have votes, in order.
local function voted(slice)
  local keys = {}
  for _, key in ipairs(shelf_slice(bucket, modulus, slice)) do
    looked = looked + 1
    if poll_of(bucket, key).entries > 0 then keys[#keys + 1] = key end
  end
  table.sort(keys, function(one, other) return is_after(other, one) end)
  return keys
end

local keys, place
while number < modulus and looked < rowsMax do
  if scan == '' then
    keys, place = keys or voted(number), place or 1
    while keys[place] and not is_after(keys[place], counter) do place = place + 1 end
    counter = keys[place] or ''
    if counter == '' then number, keys, place = number + 1, nil, nil
    else scan = '0/' .. int(poll_of(bucket, counter).power) end
  else
    local at, step = scan:match('(%d+)/(%d+)')
    for _, voter in ipairs(shelf_slice(poll_of(bucket, counter), tonumber(step), tonumber(at))) do
      looked = looked + 1
      export_vote(out, counter, voter)
    end
    scan = at + 1 < tonumber(step) and int(at + 1) .. '/' .. step or ''
  end
end
export_polls(out)
return { bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.replid, int(number), counter, scan, export_end(out) }
