--[[
json: writes JSON by hand, as cjson.encode rounds integers above 2^46 and writes an empty list as an object. Needs bucket.
]]
local function json_list(parts) return '[' .. table.concat(parts, ',') .. ']' end

local function json_vector(vector)
  local rows = {}
  for region, at in pairs(vector) do
    rows[#rows + 1] = json_list({ cjson.encode(region), cjson.encode(at.incarnation), int(at.seq) })
  end
  table.sort(rows)
  return json_list(rows)
end
