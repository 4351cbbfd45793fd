--[[
merge-follows: joins the follows that a peer tells of. Nobody owns a follow, so no vector says what is news: what changes by the
join is touched, and so passed on, and what does not is not.
]]
--- @include follows
--- @include merge
local function merge_follow(merge, index, names, row)
  local bucket, user, userName, page, pageName = merge.bucket, row[1], row[2], row[3], row[4]
  local told = { length = row[5], number = row[6], untilMs = row[7], marks = {} }
  for _, mark in ipairs(row[8]) do
    local name, incarnation = merge_writer(merge, mark[1])
    told.marks[marker_number(bucket, name .. '/' .. incarnation)] = mark[2]
  end
  local held = follow_get(bucket, user, page)
  local joined = follow_join(held, told)
  if follow_text(joined) == follow_text(held) then return end
  if userName ~= '' then redis.call('HSET', names, user, userName) end
  if pageName ~= '' then redis.call('HSET', names, page, pageName) end
  follow_put(bucket, index, user, page, held, joined)
end

local function merge_follows(merge, index, names)
  for _, row in ipairs(merge.state.follows) do merge_follow(merge, index, names, row) end
end
