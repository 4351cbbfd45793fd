--[[
export-follows: writes down follows, for a peer (docs/protocol.md §8).
]]
--- @include bucket
--- @include json
--- @include export
--- @include follows
local function export_name(out, ref)
  return cjson.encode(ref:sub(1, 1) == '#' and redis.call('HGET', out.bucket.prefix .. 'names', ref) or '')
end

local function export_marker(out, number)
  if number == 0 then return out.bucket.region .. '/' .. LIFE_ZERO end
  return redis.call('HGET', out.bucket.prefix .. 'markers', int(number))
end

-- One follow, `text` as it is held. Marks are told whole: they join.
local function export_follow(out, user, page, text)
  text = text or redis.call('HGET', follows_key(out.bucket, user), page)
  if not text then return end
  local follow, marks = follow_parse(text), {}
  for number, position in pairs(follow.marks) do
    marks[#marks + 1] = json_list({ export_place(out, export_marker(out, number)), int(position) })
  end
  out.follows[#out.follows + 1] = json_list({ cjson.encode(user), export_name(out, user), cjson.encode(page), export_name(out, page),
    int(follow.length), int(follow.number), int(follow.untilMs), json_list(marks) })
end
