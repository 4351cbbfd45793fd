--[[
votes: one vote a voter of a counter, which may be changed and taken back (ADR 13).
A vote is 'length' or 'length choice': a causal length (odd = voted), and what was chosen. Those of the counter KEY lie in hashes of
their own, `votes:KEY:shelf:N`: voter -> vote, packed as counters are (shelf.lua); a voter is named by its id, or by `#` and a digest
where that is long. Together they are the poll of the counter. Beside the counter's own totals, on its shelf:
  KEY\tv     'voters,votes,shelves'    how many voters its total counts; how many votes its poll holds, and on how many shelves
Each choice is counted by a counter too: KEY:CHOICE, or where that is long what the hash `choices` says: 'KEY\tCHOICE' -> its key.
Holds   E1 an even length has no choice; E2 voters is the number of votes that are in and count there, and the total has it in;
        E3 of a bucket that is shared no vote is ever dropped
]]
--- @include bucket
--- @include shelf
--- @include writers
local NO_VOTE = '0'

local function vote_parse(text)
  local length, choice = text:match('^(%d+) ?(.*)$')
  return { length = tonumber(length), choice = choice }
end

local function vote_text(vote) return int(vote.length) .. (vote.choice == '' and '' or ' ' .. vote.choice) end

local function has_voted(vote) return vote.length % 2 == 1 end

-- Whether it holds something that the other one does not, as the join of libs/crdt/src/vote.ts.
local function is_later_vote(vote, held)
  if vote.length ~= held.length then return vote.length > held.length end
  return is_after(vote.choice, held.choice)
end

-- The poll of a counter, read once a script. It has the shape of a bucket, for the functions of shelf.lua.
local function poll_of(bucket, key)
  bucket.polls = bucket.polls or {}
  if bucket.polls[key] then return bucket.polls[key] end
  local voters, entries, shelves = (shelf_get(bucket, key, key .. '\tv') or '0,0,1'):match('(%-?%d+),(%d+),(%d+)')
  local poll = { prefix = bucket.prefix .. 'votes:' .. key .. ':', voters = tonumber(voters), entries = tonumber(entries),
    shelves = tonumber(shelves), power = 1, hashes = {} }
  while poll.power * 2 <= poll.shelves do poll.power = poll.power * 2 end
  bucket.polls[key] = poll
  return poll
end

-- Writes back what changed of polls, before the totals of their counters are.
local function polls_save(bucket)
  for key, poll in pairs(bucket.polls or {}) do
    if poll.changed then
      local text = int(poll.voters) .. ',' .. int(poll.entries) .. ',' .. int(poll.shelves)
      if poll.voters == 0 and poll.entries == 0 then shelf_drop(bucket, key, key .. '\tv')
      else shelf_set(bucket, key, key .. '\tv', text) end
    end
  end
end

local function vote_get(bucket, key, voter) return vote_parse(shelf_get(poll_of(bucket, key), voter, voter) or NO_VOTE) end

-- The counter of a choice, which has been named before.
local function choice_key(bucket, key, choice)
  return redis.call('HGET', bucket.prefix .. 'choices', key .. '\t' .. choice) or key .. ':' .. choice
end

local function choice_name(bucket, key, choice, choiceKey)
  if choiceKey == key .. ':' .. choice then return end
  redis.call('HSET', bucket.prefix .. 'choices', key .. '\t' .. choice, choiceKey)
end

-- What a change of a vote does to counters: a list of { key, amount }. `choiceKey`: that of the choice, where it may not be known yet.
local function vote_moves(bucket, key, held, vote, choiceKey)
  local moves = {}
  if has_voted(held) ~= has_voted(vote) then moves[1] = { key = key, amount = has_voted(vote) and 1 or -1 } end
  if held.choice == vote.choice then return moves end
  if held.choice ~= '' then moves[#moves + 1] = { key = choice_key(bucket, key, held.choice), amount = -1 } end
  if vote.choice ~= '' then moves[#moves + 1] = { key = choiceKey or choice_key(bucket, key, vote.choice), amount = 1 } end
  return moves
end

-- Writes a vote that has changed, with its next rev and, where a peer may ask for it, its row. While nobody else can know of it, one that is taken back leaves nothing.
local function vote_put(bucket, index, key, voter, vote)
  local poll = poll_of(bucket, key)
  local before = poll.entries
  if has_voted(vote) or bucket.shared then shelf_set(poll, voter, voter, vote_text(vote)) else shelf_drop(poll, voter, voter) end
  bucket.votes = bucket.votes + poll.entries - before
  bucket.rev, bucket.changed = bucket.rev + 1, true
  if bucket.shared then redis.call('ZADD', index, int(bucket.rev), 'v\t' .. key .. '\t' .. voter) end
end

-- Counts what a vote has moved. `touch` gives a counter of the script, marked as changed.
local function votes_count(bucket, moves, touch)
  for _, move in ipairs(moves) do
    local poll = poll_of(bucket, move.key)
    poll.voters, poll.changed = poll.voters + move.amount, true
    durable_count(bucket, move.key, touch(move.key), move.amount)
  end
end
