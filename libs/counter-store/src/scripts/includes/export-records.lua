--[[
export-records: writes down operation records and void amounts, for a peer.
]]
--- @include bucket
--- @include json
--- @include export
-- Lua unpacks about 8,000 values and no more.
local RECORDS_AT_ONCE = 1000

-- Records of operations, of a generation and its log.
local function export_operations(out, generation, ids)
  for first = 1, #ids, RECORDS_AT_ONCE do
    local last = math.min(first + RECORDS_AT_ONCE - 1, #ids)
    for i, record in ipairs(redis.call('HMGET', generation, unpack(ids, first, last))) do
      local key, amount, writer, seq, position = (record or ''):match('^(.*) (%-?%d+) (%S+) (%d+) (%d+)$')
      if key then
        out.operations[#out.operations + 1] = json_list({ cjson.encode(ids[first + i - 1]), export_place(out, writer), cjson.encode(key),
          amount, seq, position })
      end
    end
  end
end

-- Void amounts, each with the record that counts instead of it.
local function export_voids(out, voids, members)
  for _, member in ipairs(members) do
    local writer, amount, seq, position, key, id = member:match('^(%S+) (%-?%d+) (%d+) (%d+) ([^\t]+)\t(.*)$')
    local ofKey, keeper, ofSeq, ofPosition =
      redis.call('HGET', voids .. ':keepers', id):match('^(.*) %-?%d+ (%S+) (%d+) (%d+)$')
    out.voids[#out.voids + 1] = json_list({ cjson.encode(id), export_place(out, writer), cjson.encode(key), amount, seq, position,
      json_list({ export_place(out, keeper), cjson.encode(ofKey), ofSeq, ofPosition }) })
  end
end

-- The rev up to which records after `rev` may be told at once: not more than fit, and never some of a rev without the others.
local function records_until(logs, rev, to, recordsMax)
  for _, log in ipairs(logs) do
    local over = redis.call('ZRANGE', log, '(' .. int(rev), '+inf', 'BYSCORE', 'LIMIT', recordsMax, 1, 'WITHSCORES')
    if over[2] then to = math.min(to, math.max(rev + 1, tonumber(over[2]) - 1)) end
  end
  return to
end

-- All records of (rev, to].
local function export_records(out, operations0, operations1, voids, rev, to)
  local function members(log) return redis.call('ZRANGE', log, '(' .. int(rev), int(to), 'BYSCORE') end
  export_operations(out, operations0, members(operations0 .. ':log'))
  export_operations(out, operations1, members(operations1 .. ':log'))
  export_voids(out, voids, members(voids))
end
