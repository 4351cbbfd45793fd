--[[
json: writes JSON by hand, as cjson.encode rounds integers above 2^46 and writes an empty list as an object.
]]
--- @include bucket
local function json_list(parts) return '[' .. table.concat(parts, ',') .. ']' end

-- With `based`, each entry is followed by what one must cover of the region to join it.
local function json_vector(vector, based)
  local rows = {}
  for region, at in pairs(vector) do
    local row = { cjson.encode(region), cjson.encode(at.incarnation), int(at.seq) }
    if based then
      row[4], row[5] = cjson.encode(at.base and at.base.incarnation or ''), int(at.base and at.base.seq or 0)
    end
    rows[#rows + 1] = json_list(row)
  end
  table.sort(rows)
  return json_list(rows)
end
