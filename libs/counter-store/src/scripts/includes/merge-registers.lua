--[[
merge-registers: joins the rows of counters: their totals, and their presence registers.
]]
--- @include regions
--- @include shelf
--- @include counter
--- @include gone
--- @include merge
-- What the row tells of regions, and what its silence tells: a causal join, a register at a time.
local function merge_registers(merge, key, rows)
  if not has_presence(key) then return end
  local bucket, told = merge.bucket, {}
  for _, row in ipairs(rows) do
    local name, incarnation = merge_writer(merge, row[1])
    if name ~= bucket.region then
      told[region_of(bucket, merge.regions, name).number] =
        { name = name, incarnation = incarnation, seq = row[2], viewers = row[3], connections = row[4] }
    end
  end
  if bucket.foreign == 0 then return end
  local fields = {}
  for number = 1, bucket.foreign do fields[number] = key .. '\t~' .. number end
  local held = shelf_get_all(bucket, key, fields)
  for number = 1, bucket.foreign do
    local theirs, name = told[number], merge.regions.names[number]
    local ours
    if held[number] then
      local seq, incarnation = held[number]:match('%d+,%d+,(%d+),(%x+)')
      ours = { seq = tonumber(seq), incarnation = incarnation }
    end
    if theirs then
      -- Where nothing is held, what the vector covers is known to be gone.
      if not is_covered(ours or merge.vector[name], theirs.incarnation, theirs.seq)
        and (ours or not gone_tells(merge.gone, key, number, theirs.incarnation, theirs.seq)) then
        shelf_set(bucket, key, fields[number], ('%.0f,%.0f,%.0f,%s'):format(
          theirs.viewers, theirs.connections, theirs.seq, theirs.incarnation))
        merge_touch(merge, key)
      end
    elseif merge.told[name] then
      local at = merge.told[name]
      if ours and is_covered(at, ours.incarnation, ours.seq) then
        shelf_drop(bucket, key, fields[number])
        merge_touch(merge, key)
      end
      if merge.isInterval and not is_covered(merge.vector[name], at.incarnation, at.seq) then
        gone_say(merge.gone, key, number, at)
      end
    end
  end
end

-- All rows of a part. Of a slice, whoever is not mentioned is gone.
local function merge_rows(merge, modulus, number)
  local told = {}
  for _, row in ipairs(merge.state.rows) do
    told[row[1]] = true
    merge_registers(merge, row[1], row[3])
    merge_totals(merge, row[1], row[4])
  end
  for _, key in ipairs(modulus and shelf_slice(merge.bucket, modulus, number) or {}) do
    if not told[key] then merge_registers(merge, key, {}) end
  end
end
