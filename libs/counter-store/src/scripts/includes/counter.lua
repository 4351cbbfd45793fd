--[[
counter: how a counter is stored, and what it shows.
A counter key is `page name`, or `#` and a digest where that is long. Its fields on its shelf, \t being a tab:
  key        'up,down,total,seq,updated'         own totals of the durable PN-counter; total over all writers and voters less voids,
                                                 +-2^53 where it passes the bound; updated in seconds since 1970
  key\tW     'up,down,seq'                       totals of the writer whose number is W
  key\t~     'viewers,connections,seq,updated'   presence of this region; only where the name is `viewers`
  key\t~R    'viewers,connections,seq,incarnation'   presence of the region whose number is R
  key\tv     'voters,votes,shelves'                  what votes add to the total (votes.lua)
]]
--- @include bucket
--- @include shelf
local function durable_parse(text)
  local up, down, total, seq, updated = (text or '0,0,0,0,0'):match('(%d+),(%d+),(-?%d+),(%d+),(%d+)')
  return { up = tonumber(up), down = tonumber(down), total = tonumber(total), seq = tonumber(seq), updated = tonumber(updated) }
end

local function durable_get(bucket, key) return durable_parse(shelf_get(bucket, key, key)) end

local function durable_set(bucket, key, counter)
  shelf_set(bucket, key, key, ('%.0f,%.0f,%.0f,%.0f,%.0f'):format(
    counter.up, counter.down, counter.total, counter.seq, counter.updated))
end

local NOBODY = { viewers = 0, connections = 0, seq = 0, updated = 0 }

local function presence_parse(text)
  if not text then return NOBODY end
  local viewers, connections, seq, updated = text:match('(%d+),(%d+),(%d+),(%d+)')
  return { viewers = tonumber(viewers), connections = tonumber(connections), seq = tonumber(seq), updated = tonumber(updated) }
end

local function presence_get(bucket, key) return presence_parse(shelf_get(bucket, key, key .. '\t~')) end

-- What no client can name: slots of windowed counters (slots.lua), and what regions have given each other (quota.lua).
local function is_reserved(key) return key:find('>', 1, true) ~= nil or key:find('@[smh]%d+$') ~= nil end

-- A key that is a digest does not tell its name, so it may be that of a `viewers`. What has a tab is no counter (index.lua).
local function has_presence(key) return key:sub(-8) == ' viewers' or not key:find('[ \t@>]') end

-- `stale` is a list of `number:name,`: whose viewers are left out.
local function region_is_stale(bucket, number) return (',' .. bucket.stale):find(',' .. number .. ':', 1, true) ~= nil end

-- viewers, connections, durable total, updated: what readers add up and show. All as text. A script that has read or
-- written one of the two own parts gives it, so that it is not looked up again.
local function counter_view(bucket, key, durable, presence)
  local fields, isPresent = {}, has_presence(key)
  if not durable then fields[1] = key end
  if isPresent and not presence then fields[#fields + 1] = key .. '\t~' end
  local own = #fields
  if isPresent then
    for number = 1, bucket.foreign do
      if not region_is_stale(bucket, number) then fields[#fields + 1] = key .. '\t~' .. number end
    end
  end
  local held = #fields > 0 and shelf_get_all(bucket, key, fields) or {}
  if isPresent and not presence then presence = presence_parse(held[own]) end
  durable, presence = durable or durable_parse(held[1]), presence or NOBODY
  local viewers, connections = presence.viewers, presence.connections
  for i = own + 1, #fields do
    if held[i] then
      local theirViewers, theirConnections = held[i]:match('(%d+),(%d+)')
      viewers, connections = viewers + tonumber(theirViewers), connections + tonumber(theirConnections)
    end
  end
  return int(viewers), int(connections), int(durable.total), int(math.max(durable.updated, presence.updated))
end
