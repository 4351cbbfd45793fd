--[[
export-records: writes down operation records and void amounts, for a peer. Needs export.
]]
-- Records of operations, of a generation and its log.
local function export_operations(out, generation, ids)
  if #ids == 0 then return end
  for i, record in ipairs(redis.call('HMGET', generation, unpack(ids))) do
    local key, amount, writer = (record or ''):match('^(.*) (%-?%d+) (%S+)$')
    if key then
      out.operations[#out.operations + 1] = json_list({ cjson.encode(ids[i]), export_place(out, writer), cjson.encode(key), amount })
    end
  end
end

local function export_voids(out, members)
  for _, member in ipairs(members) do
    local writer, amount, key, id = member:match('^(%S+) (%-?%d+) ([^\t]+)\t(.*)$')
    out.voids[#out.voids + 1] = json_list({ cjson.encode(id), export_place(out, writer), cjson.encode(key), amount })
  end
end
