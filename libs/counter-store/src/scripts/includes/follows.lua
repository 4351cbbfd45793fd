--[[
follows: which pages a user follows, and what of them is read (ADR 12).
They live in the bucket of the user. Hash `follows:USER`: page -> 'length mNUMBER,UNTIL W=position W=position ...', a causal length
(odd = followed), a mute where there is one, and marks: W = the number of a writer in `markers`. A user or a page is named by
its id, or by `#` and a digest where that is long. Hash `markers`: writer -> number and number -> writer; 0 is this region's life
zero, which has no name yet where the bucket is not shared. Zset `followers`: each user with score 0, so that whole state can go
through them in order. Writers are those of pages, so of other buckets: they have nothing to do with `writers`.
Hash `ended`: user -> how many follows in its hash have ended. A user gets a number when its hash first has as many rows as it
may follow pages; without one they have not been counted.
Holds   F1 an even length has neither mute nor marks; F2 of a bucket that is shared nothing of a follow is ever dropped
        F3 a number in `ended` is right after every script
]]
--- @include bucket
local NOT_FOLLOWED = '0'

local function follows_key(bucket, user) return bucket.prefix .. 'follows:' .. user end

local function follow_parse(text)
  local follow = { length = tonumber(text:match('^%d+')), number = 0, untilMs = 0, marks = {} }
  local number, untilMs = text:match(' m(%d+),(%d+)')
  if number then follow.number, follow.untilMs = tonumber(number), tonumber(untilMs) end
  for writer, position in text:gmatch(' (%d+)=(%d+)') do follow.marks[tonumber(writer)] = tonumber(position) end
  return follow
end

local function follow_text(follow)
  local parts, writers = { int(follow.length) }, {}
  if follow.number > 0 then parts[2] = 'm' .. int(follow.number) .. ',' .. int(follow.untilMs) end
  for writer in pairs(follow.marks) do writers[#writers + 1] = writer end
  table.sort(writers)
  for _, writer in ipairs(writers) do parts[#parts + 1] = int(writer) .. '=' .. int(follow.marks[writer]) end
  return table.concat(parts, ' ')
end

local function follow_get(bucket, user, page)
  return follow_parse(redis.call('HGET', follows_key(bucket, user), page) or NOT_FOLLOWED)
end

local function is_followed(follow) return follow.length % 2 == 1 end

-- The number of a writer of marks, a new one where it has none.
local function marker_number(bucket, writer)
  if writer == '~' or writer == bucket.region .. '/' .. LIFE_ZERO then return 0 end
  local markers = bucket.prefix .. 'markers'
  local number = redis.call('HGET', markers, writer)
  if number then return tonumber(number) end
  number = redis.call('HLEN', markers) / 2 + 1
  redis.call('HSET', markers, writer, int(number), int(number), writer)
  return number
end

local function marks_join(marks, more)
  for writer, position in pairs(more) do marks[writer] = math.max(marks[writer] or 0, position) end
end

-- The least follow that holds both, as the join of libs/crdt/src/follow.ts.
local function follow_join(held, told)
  if held.length ~= told.length then return held.length > told.length and held or told end
  local isTold = told.number > held.number or (told.number == held.number and told.untilMs > held.untilMs)
  local mute, marks = isTold and told or held, {}
  marks_join(marks, held.marks)
  marks_join(marks, told.marks)
  return { length = held.length, number = mute.number, untilMs = mute.untilMs, marks = marks }
end

-- Gives a changed follow the next rev; its row, where a peer may ask for it; and its place in the publication.
local function follow_touch(bucket, index, user, page)
  bucket.rev, bucket.changed = bucket.rev + 1, true
  if bucket.shared then redis.call('ZADD', index, int(bucket.rev), 'f\t' .. user .. '\t' .. page) end
  for _, known in ipairs(bucket.followers) do if known == user then return end end
  bucket.followers[#bucket.followers + 1] = user
end

local function ended_key(bucket) return bucket.prefix .. 'ended' end
-- Whether it takes a place in the hash without being followed. Length 0 is held nowhere.
local function has_ended(follow) return follow.length > 0 and not is_followed(follow) end

-- F3, where a row changes from `held` to `follow`; false: the row is dropped.
local function ended_note(bucket, user, held, follow)
  local by = (follow and has_ended(follow) and 1 or 0) - (has_ended(held) and 1 or 0)
  if by ~= 0 and redis.call('HEXISTS', ended_key(bucket), user) == 1 then
    redis.call('HINCRBY', ended_key(bucket), user, by)
  end
end

-- Writes a follow that has changed from `held`. While nobody else can know of it, one that has ended leaves nothing.
local function follow_put(bucket, index, user, page, held, follow)
  local key, isKept = follows_key(bucket, user), is_followed(follow) or bucket.shared
  ended_note(bucket, user, held, isKept and follow)
  if isKept then
    bucket.follows = bucket.follows + redis.call('HSET', key, page, follow_text(follow))
    redis.call('ZADD', bucket.prefix .. 'followers', '0', user)
  else
    bucket.follows = bucket.follows - redis.call('HDEL', key, page)
    if redis.call('EXISTS', key) == 0 then
      redis.call('ZREM', bucket.prefix .. 'followers', user)
      redis.call('HDEL', ended_key(bucket), user)
    end
  end
  follow_touch(bucket, index, user, page)
end
