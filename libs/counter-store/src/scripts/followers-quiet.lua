--[[
followers-quiet: users of one bucket who follow something and have not been seen since a time, in the order of their names.
KEYS[1] followers  zset     users
KEYS[2] seen       zset     user -> seconds since 1970 when last seen
KEYS[3] names      hash     digest -> full name
ARGV[1] user       string   those after this one; empty: from the first
ARGV[2] since      integer  seconds since 1970: who was seen then or later is left out
ARGV[3] scanMax    integer  users looked at in one call
ARGV[4] now        integer  seconds since 1970: who was seen later was seen by a clock that was ahead, so nobody knows when
Returns { the last user looked at, empty where none is left after it, then per user found: user, full name or empty }
Refuses nothing
Retry   safe: it writes nothing
Cost    O(scanMax)
Holds   nothing is changed
]]
local followers, seen, names = unpack(KEYS)
local user, since, scanMax, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

-- Seconds by which the clocks of those who saw and of those who ask may differ.
local CLOCKS_DIFFER = 600

local users = redis.call('ZRANGE', followers, '(' .. user, '+', 'BYLEX', 'LIMIT', 0, scanMax)
local reply = { #users == scanMax and users[#users] or '' }
for _, one in ipairs(users) do
  local at = redis.call('ZSCORE', seen, one)
  if not at or tonumber(at) < since or tonumber(at) > now + CLOCKS_DIFFER then
    reply[#reply + 1] = one
    reply[#reply + 1] = one:sub(1, 1) == '#' and redis.call('HGET', names, one) or ''
  end
end
return reply
