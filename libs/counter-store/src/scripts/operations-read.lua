--[[
operations-read: what operations of one bucket have counted as, by their ids, while these are remembered.
KEYS[1] operations0  hash  operation id -> 'counter amount writer seq position', one generation
KEYS[2] operations1  hash  the other generation
ARGV[1] ids          list  of operation ids
Returns { per id: counter key, writer, position }; all empty where the id is not known; writer ~: this region's life zero
Refuses nothing
Retry   safe: it writes nothing
Cost    O(ids)
Holds   nothing is changed
]]
local operations0, operations1 = KEYS[1], KEYS[2]
local IDS = 1

local reply = {}
for i = IDS, #ARGV do
  local record = redis.call('HGET', operations0, ARGV[i]) or redis.call('HGET', operations1, ARGV[i]) or ''
  local key, writer, position = record:match('^(.*) %-?%d+ (%S*) %d+ (%d+)$')
  for _, part in ipairs({ key or '', writer == '' and '~' or writer or '', position or '' }) do reply[#reply + 1] = part end
end
return reply
