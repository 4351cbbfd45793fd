--[[
quota-read: which region may lower a bounded counter by how much, as of what is known here (ADR 15).
KEYS[1] meta     hash    the bucket
ARGV[1] counter  string  key of the counter
ARGV[2] stem     string  of the counter
ARGV[3] peers    string  live regions, separated by commas, that have to be pulled from before the counter is lowered
Returns { total, 1 where this region may use its rights, else 0, what was given to it ever, then per region: name, rights }; this
        region comes first, its name is empty where it has no peers
Refuses nothing
Retry   safe: it writes nothing
Cost    O(regions x writers + void amounts of the bucket)
Holds   Q1
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include regions
--- @include quota
local meta = KEYS[1]
local counter, stem, peers = unpack(ARGV)

local bucket = bucket_peek(meta)
local rights = quota_rights(bucket, counter, stem, regions_load(bucket))
local reply = { int(durable_get(bucket, counter).total), quota_is_regained(bucket, peers) and '1' or '0',
  int(durable_get(bucket, quota_key(stem, bucket.region)).total), bucket.region, int(rights[bucket.region]) }
for region, amount in pairs(rights) do
  if region ~= bucket.region then
    reply[#reply + 1] = region
    reply[#reply + 1] = int(amount)
  end
end
return reply
