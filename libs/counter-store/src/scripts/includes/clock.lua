--[[
clock: what time it is for a script that ends or frees something by it: what the caller says, and where it says nothing
Redis' own time, the one clock that all callers share.
]]
local function clock_ms(said)
  if said ~= '' then return tonumber(said) end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
