--[[
merge-history: joins the histories that a peer tells of. What is news by the join is passed on.
]]
--- @include history
local function merge_histories(merge, index, names)
  local bucket = merge.bucket
  local lengthMax = #merge.state.histories > 0 and history_length(bucket)
  for _, row in ipairs(merge.state.histories) do
    local page, pageName = row[1], row[2]
    if pageName ~= '' then redis.call('HSET', names, page, pageName) end
    for _, entry in ipairs(row[3]) do
      history_put(bucket, index, page, { id = entry[1], at = entry[2], json = entry[3] }, lengthMax)
    end
  end
end
