--[[
merge: joins what a peer holds into the bucket, counter by counter (ADR 9).
]]
--- @include quota
--- @include regions
--- @include slots
--- @include counter
--- @include writers
local function merge_begin(bucket, regions, gone, state, now, isInterval)
  local merge = { bucket = bucket, regions = regions, gone = gone, state = state, now = now, isInterval = isInterval,
    vector = vector_of(bucket, regions), told = vector_read(state.vector), held = {}, order = {}, records = {} }
  -- Whoever it tells of has a number from here on, so that a row can be silent about them.
  for _, row in ipairs(state.vector) do
    if row[1] ~= bucket.region then region_of(bucket, regions, row[1]) end
  end
  return merge
end

local function merge_counter(merge, key)
  if not merge.held[key] then merge.held[key] = durable_open(merge.bucket, key) end
  return merge.held[key]
end

local function merge_touch(merge, key)
  local counter = merge_counter(merge, key)
  if not counter.touched then merge.order[#merge.order + 1] = key end
  counter.touched = true
  return counter
end

local function merge_writer(merge, place)
  local writer = merge.state.writers[place + 1]
  return writer[1], writer[2]
end

local function merge_totals(merge, key, rows)
  local bucket = merge.bucket
  if slot_is_over(key, merge.now) then return end
  if key:find('@', 1, true) and is_reserved(key) then slots_note(bucket) end
  -- Whoever was given quota counts from here on where rights are added up.
  local receiver = quota_receiver(key)
  if receiver and receiver ~= bucket.region then region_of(bucket, merge.regions, receiver) end
  for _, row in ipairs(rows) do
    local name, incarnation = merge_writer(merge, row[1])
    if name ~= bucket.region or incarnation ~= bucket.incarnation then
      local writer = name .. '/' .. incarnation
      local counter = merge_counter(merge, key)
      local held = theirs_of(bucket, key, counter, writer) or { up = 0, down = 0, seq = 0 }
      local up, down = math.max(held.up, row[3]), math.max(held.down, row[4])
      if up > held.up or down > held.down or row[2] > held.seq then
        counter.theirs[writer] = { up = up, down = down, seq = math.max(held.seq, row[2]) }
        merge_touch(merge, key)
        durable_count(bucket, key, counter, (up - held.up) - (down - held.down))
      end
    end
  end
end

-- Joins the vector; whether it moved, and whether it misses the base of a region that is not pulled from directly.
local function merge_vector(merge, rows, isWhole)
  local moved, missed = false, false
  for _, row in ipairs(rows) do
    local name, incarnation, seq = row[1], row[2], row[3]
    local region = name ~= merge.bucket.region and region_of(merge.bucket, merge.regions, name)
    if region and not is_covered(region, incarnation, seq) then
      if row[4] == '' or is_covered(region, row[4], row[5]) then
        region.incarnation, region.seq, region.changed, moved = incarnation, seq, true, true
        if isWhole then region.base = { incarnation = incarnation, seq = seq } end
      elseif region.pulledIncarnation == '' then
        missed = true
      end
    end
  end
  return moved, missed
end
