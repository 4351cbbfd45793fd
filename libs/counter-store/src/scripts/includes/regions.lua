--[[
regions: what a bucket knows of the other regions: its vector, and how far it has pulled from each.
Hash `regions`: name -> 'number,incarnation,seq,pulledIncarnation,pulledRev,baseIncarnation,baseSeq'. The number stands
for the region in fields. Base: what whole state had covered when it was taken last. It tells of what is gone by silence,
so what is gone by then has no row here that could be passed on; after it every change has.
Holds   V1 whoever is covered up to (incarnation, seq) has given all its changes up to there; the own entry is the bucket's
        position itself and not stored. V2 every change of a region after its base has touched its counter here.
]]
--- @include bucket
local function regions_load(bucket)
  local regions = { byName = {}, names = {} }
  local held = redis.call('HGETALL', bucket.prefix .. 'regions')
  for i = 1, #held, 2 do
    local number, incarnation, seq, pulledIncarnation, pulledRev, baseIncarnation, baseSeq =
      held[i + 1]:match('(%d+),(%x*),(%d+),(%x*),(%d+),(%x*),(%d+)')
    regions.byName[held[i]] = { number = tonumber(number), incarnation = incarnation, seq = tonumber(seq),
      pulledIncarnation = pulledIncarnation, pulledRev = tonumber(pulledRev),
      base = { incarnation = baseIncarnation, seq = tonumber(baseSeq) } }
    regions.names[tonumber(number)] = held[i]
  end
  return regions
end

local function region_of(bucket, regions, name)
  local region = regions.byName[name]
  if region then return region end
  bucket.foreign, bucket.changed = bucket.foreign + 1, true
  region = { number = bucket.foreign, incarnation = '', seq = 0, pulledIncarnation = '', pulledRev = 0,
    base = { incarnation = '', seq = 0 }, changed = true }
  regions.byName[name], regions.names[bucket.foreign] = region, name
  return region
end

local function regions_save(bucket, regions)
  for name, region in pairs(regions.byName) do
    if region.changed then
      redis.call('HSET', bucket.prefix .. 'regions', name, table.concat({ region.number, region.incarnation, int(region.seq),
        region.pulledIncarnation, int(region.pulledRev), region.base.incarnation, int(region.base.seq) }, ','))
    end
  end
end

-- Whether (incarnation, seq) is not after what `at` covers; `at` may be nil.
local function is_covered(at, incarnation, seq)
  if not at or incarnation > at.incarnation then return false end
  return incarnation < at.incarnation or seq <= at.seq
end

-- The bucket's vector: region -> { incarnation, seq }.
local function vector_of(bucket, regions)
  local vector = { [bucket.region] = { incarnation = bucket.incarnation, seq = bucket.seq } }
  for name, region in pairs(regions.byName) do
    if region.incarnation ~= '' then vector[name] = region end
  end
  return vector
end

-- The same as a list: region, incarnation, seq each.
local function vector_flat(bucket, regions)
  local flat = {}
  for name, at in pairs(vector_of(bucket, regions)) do
    for _, part in ipairs({ name, at.incarnation, int(at.seq) }) do flat[#flat + 1] = part end
  end
  return flat
end

-- A vector as it comes in, [[region, incarnation, seq], ...].
local function vector_read(rows)
  local vector = {}
  for _, row in ipairs(rows) do vector[row[1]] = { incarnation = row[2], seq = row[3] } end
  return vector
end
