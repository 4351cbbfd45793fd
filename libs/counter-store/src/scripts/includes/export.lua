--[[
export: writes down what the bucket holds of a counter, for a peer (docs/protocol.md §8).
]]
--- @include bucket
--- @include regions
--- @include shelf
--- @include counter
--- @include writers
--- @include json
-- `asker`: the vector of whom it is for, nil for whole state. What is left out of a row is left out by that vector alone:
-- by a rev it could not be, since a row that moves on between two parts would take what changed before along unsaid.
local function export_begin(bucket, asker)
  local regions = regions_load(bucket)
  local out = { bucket = bucket, asker = asker, regions = regions, vector = vector_of(bucket, regions),
    places = {}, writers = {}, rows = {}, operations = {}, voids = {}, follows = {}, histories = {}, votes = {}, numbered = {} }
  local held = redis.call('HGETALL', bucket.prefix .. 'writers')
  for i = 1, #held, 2 do out.numbered[tonumber(held[i + 1])] = held[i] end
  -- Whether something that a row does not mention may be news to the asker.
  for name, at in pairs(out.vector) do
    if asker and name ~= bucket.region and not is_covered(asker[name], at.incarnation, at.seq) then out.absenceTells = true end
  end
  return out
end

local function export_place(out, writer)
  if not out.places[writer] then
    out.writers[#out.writers + 1] = json_list({ cjson.encode(writer:match('^[^/]+')), cjson.encode(writer:match('[^/]+$')) })
    out.places[writer] = int(#out.writers - 1)
  end
  return out.places[writer]
end

-- Whether the asker has this change of a writer. What is covered of an ended incarnation says nothing of it: the region
-- itself may have lost some of it, and get it back from others later.
local function export_knows(out, region, incarnation, seq)
  local at = out.asker and out.asker[region]
  return at ~= nil and at.incarnation == incarnation and seq <= at.seq
end

local function export_registers(out, key, own, theirs)
  local bucket, registers, isNews = out.bucket, {}, out.absenceTells
  if own then
    local presence = presence_parse(own)
    isNews = isNews or not export_knows(out, bucket.region, bucket.incarnation, presence.seq)
    if presence.viewers > 0 or presence.connections > 0 then
      registers[1] = json_list({ export_place(out, bucket.region .. '/' .. bucket.incarnation), int(presence.seq),
        int(presence.viewers), int(presence.connections) })
    end
  elseif out.asker then
    -- The own zero has been dropped, or there never was a register.
    isNews = isNews or not export_knows(out, bucket.region, bucket.incarnation, bucket.seq)
  end
  for number = 1, bucket.foreign do
    if theirs[number] then
      local viewers, connections, seq, incarnation = theirs[number]:match('(%d+),(%d+),(%d+),(%x+)')
      local name = out.regions.names[number]
      isNews = isNews or not (out.asker and is_covered(out.asker[name], incarnation, tonumber(seq)))
      registers[#registers + 1] = json_list({ export_place(out, name .. '/' .. incarnation), seq, viewers, connections })
    end
  end
  return registers, isNews
end

local function export_totals(out, own, theirs)
  local bucket, totals = out.bucket, {}
  local function put(writer, seq, up, down)
    local region, incarnation = writer:match('^([^/]+)/(%x+)$')
    if export_knows(out, region, incarnation, tonumber(seq)) then return end
    totals[#totals + 1] = json_list({ export_place(out, writer), seq, up, down })
  end
  if own then
    local up, down, seq = own:match('(%d+),(%d+),%-?%d+,(%d+)')
    if seq ~= '0' then put(bucket.region .. '/' .. life_of(bucket, tonumber(seq)), seq, up, down) end
  end
  for number = 1, #out.numbered do
    if theirs[number] then
      local up, down, seq = theirs[number]:match('(%d+),(%d+),(%d+)')
      put(out.numbered[number], seq, up, down)
    end
  end
  return totals
end

-- One counter, unless the asker has all of it.
local function export_row(out, key)
  local bucket, fields, isPresent = out.bucket, { key, key .. '\t~' }, has_presence(key)
  for number = 1, bucket.foreign do fields[#fields + 1] = key .. '\t~' .. number end
  for number = 1, #out.numbered do fields[#fields + 1] = key .. '\t' .. number end
  local held = shelf_get_all(bucket, key, fields)
  local ofRegions, ofWriters = {}, {}
  for number = 1, bucket.foreign do ofRegions[number] = held[2 + number] end
  for number = 1, #out.numbered do ofWriters[number] = held[2 + bucket.foreign + number] end
  local registers, isNews = {}, false
  if isPresent then registers, isNews = export_registers(out, key, held[2], ofRegions) end
  local totals = export_totals(out, held[1], ofWriters)
  if out.asker and not isNews and #totals == 0 then return end
  local name = key:sub(1, 1) == '#' and redis.call('HGET', bucket.prefix .. 'names', key) or ''
  out.rows[#out.rows + 1] = json_list({ cjson.encode(key), cjson.encode(name), json_list(registers), json_list(totals) })
end

local function export_end(out)
  return '{"vector":' .. json_vector(out.vector) .. ',"writers":' .. json_list(out.writers) .. ',"rows":' .. json_list(out.rows)
    .. ',"operations":' .. json_list(out.operations) .. ',"voids":' .. json_list(out.voids)
    .. ',"follows":' .. json_list(out.follows) .. ',"histories":' .. json_list(out.histories) .. ',"votes":' .. json_list(out.votes) .. '}'
end
