--[[
history-read: a part of the history of a page, the latest first.
KEYS[1] history     hash     event id -> entry, of this page
ARGV[1] sinceMs     integer  milliseconds since 1970: what is older is not told of
ARGV[2] lengthMax   integer  entries that the history has at most
ARGV[3] first       integer  entries wanted
ARGV[4] afterMs     number   with afterEvent: the place behind which the part begins; empty: the beginning
ARGV[5] afterEvent  string   id of an event, which need not be there any more
Returns { entries before the part, entries in all, then per entry: event id, 'AT JSON' }
Refuses nothing
Retry   safe: it writes nothing
Cost    O(entries held log entries held); the answer has those wanted alone
Holds   nothing is changed
]]
--- @include bucket
--- @include history
local sinceMs, lengthMax, first = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local afterMs, afterEvent = tonumber(ARGV[4]), ARGV[5]

local entries = history_entries(KEYS[1], sinceMs)
local last, before = math.min(#entries, lengthMax), 0
if afterMs then
  local place = { id = afterEvent, at = afterMs }
  while before < last and not history_precedes(place, entries[before + 1]) do before = before + 1 end
end
local reply = { int(before), int(last) }
for place = before + 1, math.min(before + first, last) do
  reply[#reply + 1] = entries[place].id
  reply[#reply + 1] = entries[place].text
end
return reply
