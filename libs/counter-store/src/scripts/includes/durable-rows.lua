--[[
durable-rows: writes down what durable counters show, by their full names, for readers outside of Redis.
]]
--- @include bucket
--- @include shelf
--- @include counter
-- What no client can name, slots of time (slots.lua) and transfers of rights (quota.lua), is part of the counter that it belongs to.
local function durable_is_named(key) return not key:match('[^ ]+$'):find('[@>]') end

-- Appends full name, total and updated of a counter, where anything durable is held of it: who only is present is not told of.
local function durable_row(reply, bucket, names, key)
  local text = not is_reserved(key) and shelf_get(bucket, key, key)
  if not text then return end
  local counter = durable_parse(text)
  -- A digest does not tell its name.
  local name = key:sub(1, 1) == '#' and redis.call('HGET', names, key) or key
  for _, part in ipairs({ name, int(counter.total), int(counter.updated) }) do reply[#reply + 1] = part end
end
