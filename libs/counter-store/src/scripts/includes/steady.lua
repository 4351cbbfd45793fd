--[[
steady: a clock that never goes back, for what ends some time from now.
It goes on from what it showed last where the clock that is asked has gone back. So a clock that was ahead for a while ends early what
was to end in between, and leaves nothing that would stay until the clock is there again.
Fields of the hash: `steadyMs`, what it showed last; `steadyAheadMs`, by how much it is ahead of the clock that is asked.
]]
--- @include bucket
local function steady_ms(hash, clockMs)
  local last, ahead = unpack(redis.call('HMGET', hash, 'steadyMs', 'steadyAheadMs'))
  local nowMs = clockMs + tonumber(ahead or 0)
  if last and nowMs < tonumber(last) then
    nowMs = tonumber(last)
    redis.call('HSET', hash, 'steadyAheadMs', int(nowMs - clockMs))
  end
  redis.call('HSET', hash, 'steadyMs', int(nowMs))
  return nowMs
end
