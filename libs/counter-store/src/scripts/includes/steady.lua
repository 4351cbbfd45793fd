--[[
steady: a clock that never goes back, for what ends some time from now.
It goes on from what it showed last where the clock that is asked has gone back. So a clock that was ahead for a while ends early what
was to end in between, and leaves nothing that would stay until the clock is there again.
Fields of the hash: `steadyMs`, what it showed last; `steadyAheadMs`, by how much it is ahead of the clock that is asked.
]]
--- @include bucket
-- Also gives whether the clock that is asked has gone back. Writes nothing: a look leaves a bucket as it was.
local function steady_ms(hash, clockMs)
  local last, ahead = unpack(redis.call('HMGET', hash, 'steadyMs', 'steadyAheadMs'))
  local nowMs = clockMs + tonumber(ahead or 0)
  local isBack = last and nowMs < tonumber(last) or false
  return isBack and tonumber(last) or nowMs, isBack
end

-- What it has shown: from now on it shows no less.
local function steady_keep(hash, clockMs, nowMs)
  redis.call('HSET', hash, 'steadyMs', int(nowMs))
  if nowMs ~= clockMs then redis.call('HSET', hash, 'steadyAheadMs', int(nowMs - clockMs)) end
end
