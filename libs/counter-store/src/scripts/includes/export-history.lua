--[[
export-history: writes down histories of pages, for a peer (docs/protocol.md §8).
]]
--- @include bucket
--- @include json
--- @include export-follows
--- @include history
-- Entries weigh more than other rows: their titles and addresses are long.
local HISTORY_WEIGHT = 5

-- One entry of the history of a page, or all of them.
local function export_history(out, page, id)
  local key, entries = history_key(out.bucket, page), {}
  local held = id and { id, redis.call('HGET', key, id) } or redis.call('HGETALL', key)
  for i = 1, #held, 2 do
    -- One that has been cut off since is nothing to tell of.
    if held[i + 1] then
      local at, json = history_parse(held[i + 1])
      entries[#entries + 1] = json_list({ cjson.encode(held[i]), int(at), cjson.encode(json) })
    end
  end
  if #entries == 0 then return end
  out.weight = (out.weight or 0) + HISTORY_WEIGHT * #entries
  out.histories[#out.histories + 1] = json_list({ cjson.encode(page), export_name(out, page), json_list(entries) })
end
