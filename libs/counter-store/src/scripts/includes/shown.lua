--[[
shown: whether a counter shows what a change was made conditional on (If-Match and If-None-Match of HTTP).
What is wanted is `+` or `-`, as one of the texts is to be shown or none of them, `f` where less than 0 shows as 0, and the texts, each
after a space: the count, `-`, and the seconds of its last change, which are left out where there was none. Several of these by lines.
]]
--- @include bucket
--- @include counter
--- @include sum
local function shown_now(book, key, counter)
  local total = counter.resum and durable_sum(book.bucket, key, counter) or counter.total
  local updated = counter.touched and book.now or counter.updated
  local viewers, _, durable, at = counter_view(book.bucket, key, { total = total, updated = updated })
  return tonumber(viewers) + tonumber(durable), at == '0' and '' or at
end

local function shown_holds(book, key, counter, wanted)
  local count, at = shown_now(book, key, counter)
  for sign, floored, texts in wanted:gmatch('([+-])(f?)([^\n]*)') do
    local shown = int(floored == 'f' and math.max(count, 0) or count) .. '-' .. at
    local isAmong = (texts .. ' '):find(' ' .. shown .. ' ', 1, true) ~= nil
    if isAmong ~= (sign == '+') then return false end
  end
  return true
end
