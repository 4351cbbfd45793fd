--[[
follows-change: let one user follow, unfollow, mark read and silence pages; a list of changes, one after the other.
KEYS[1] meta             hash     the bucket of the user
KEYS[2] index            zset     counter -> rev; 'f\tuser\tpage' -> rev
KEYS[3] names            hash     digest -> full name
KEYS[4] markers          hash     writer -> number, number -> writer
KEYS[5] followers        zset     users
KEYS[6] follows          hash     page -> follow, of this user
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] user             string   id or digest
ARGV[7] userName         string   the id, where user is a digest, else empty
ARGV[8] followsMax       integer  pages that one user may follow
ARGV[9] isFull           string   1 where the store has no room for anything new, else empty
ARGV[10] changes         list     of (follow | unfollow | mark | mute, page, its id where page is a digest else empty,
                                  until in milliseconds since 1970 (mute), 'writer position writer position ...' (follow, mark); writer ~: this region's life zero)
Returns { incarnation, seq, rev, replid, then per change: changed | same | a refusal of that change alone }
Refuses NOT_FOLLOWED: mark or mute of a page that the user does not follow; FOLLOWS_FULL; STORE_FULL: a follow would be new; OUT_OF_RANGE: a number has no next
Retry   safe: what is so already is the same
Cost    O(changes x writers marked); when a user first has followsMax rows also O(those), once
Holds   F1, F2, F3, B1, B2
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include follows
local meta, index, names, _, _, follows = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local user, userName, followsMax, isFull = ARGV[6], ARGV[7], tonumber(ARGV[8]), ARGV[9]
local CHANGES, MAX = 10, 9007199254740991

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)

local function marks_read(text)
  local marks = {}
  for writer, position in text:gmatch('(%S+) (%d+)') do
    marks_join(marks, { [marker_number(bucket, writer)] = tonumber(position) })
  end
  return marks
end

-- How many of its `rows` a user follows. Looks at all of them where they have not been counted: once a user, who has made more changes by then.
local function followed_count(rows)
  local ended = tonumber(redis.call('HGET', ended_key(bucket), user) or nil)
  if not ended then
    ended = 0
    for _, text in ipairs(redis.call('HVALS', follows_key(bucket, user))) do
      if has_ended(follow_parse(text)) then ended = ended + 1 end
    end
    redis.call('HSET', ended_key(bucket), user, int(ended))
  end
  return rows - ended
end

-- What is no longer followed still has a place in a bucket that is shared: only the followed count, but places are bounded too.
local function is_full()
  local rows = redis.call('HLEN', follows)
  return rows >= followsMax and (rows >= 10 * followsMax or followed_count(rows) >= followsMax)
end

-- The follow after the change, nil where that is the same; or nil and why not.
local function changed(kind, held, untilMs, marks)
  if kind == 'unfollow' then
    if not is_followed(held) then return nil end
    return { length = held.length + 1, number = 0, untilMs = 0, marks = {} }
  elseif kind == 'follow' then
    if is_followed(held) then return nil end
    if held.length >= MAX then return nil, 'OUT_OF_RANGE' end
    if isFull ~= '' and held.length == 0 then return nil, 'STORE_FULL' end
    if is_full() then return nil, 'FOLLOWS_FULL' end
    return { length = held.length + 1, number = 0, untilMs = 0, marks = marks_read(marks) }
  elseif not is_followed(held) then return nil, 'NOT_FOLLOWED'
  elseif kind == 'mute' then
    if held.untilMs == tonumber(untilMs) then return nil end
    if held.number >= MAX then return nil, 'OUT_OF_RANGE' end
    return { length = held.length, number = held.number + 1, untilMs = tonumber(untilMs), marks = held.marks }
  end
  return follow_join(held, { length = held.length, number = 0, untilMs = 0, marks = marks_read(marks) })
end

local outcomes = {}
for i = CHANGES, #ARGV, 5 do
  local kind, page, pageName = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local held = follow_get(bucket, user, page)
  local follow, refusal = changed(kind, held, ARGV[i + 3], ARGV[i + 4])
  local isNews = follow ~= nil and follow_text(follow) ~= follow_text(held)
  if isNews then
    if userName ~= '' then redis.call('HSET', names, user, userName) end
    if pageName ~= '' then redis.call('HSET', names, page, pageName) end
    follow_put(bucket, index, user, page, held, follow)
  end
  outcomes[#outcomes + 1] = refusal or (isNews and 'changed' or 'same')
end
index_trim(bucket, index)
bucket_close(bucket)
return { bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.replid, unpack(outcomes) }
