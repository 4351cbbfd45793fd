--[[
export-votes: writes down votes, for a peer (docs/protocol.md §8).
]]
--- @include bucket
--- @include shelf
--- @include json
--- @include votes
-- What is told of the votes of a counter: { key, name, choices whose counters have digests for keys, votes }.
local function export_poll(out, key)
  out.polls = out.polls or {}
  if out.polls[key] then return out.polls[key] end
  local name = key:sub(1, 1) == '#' and redis.call('HGET', out.bucket.prefix .. 'names', key) or ''
  local poll = { key = key, name = name, told = {}, choices = {}, votes = {} }
  out.polls[key], out.polls[#out.polls + 1] = poll, poll
  return poll
end

-- One vote; told whole, as it joins.
local function export_vote(out, key, voter)
  local text = shelf_get(poll_of(out.bucket, key), voter, voter)
  if not text then return end
  local poll, vote = export_poll(out, key), vote_parse(text)
  if vote.choice ~= '' and not poll.told[vote.choice] then
    poll.told[vote.choice] = true
    local choiceKey = choice_key(out.bucket, key, vote.choice)
    if choiceKey ~= key .. ':' .. vote.choice then
      local name = redis.call('HGET', out.bucket.prefix .. 'names', choiceKey)
      poll.choices[#poll.choices + 1] = json_list({ cjson.encode(vote.choice), cjson.encode(choiceKey), cjson.encode(name) })
    end
  end
  poll.votes[#poll.votes + 1] = json_list({ cjson.encode(voter), int(vote.length), cjson.encode(vote.choice) })
end

-- Writes down the rows, after the last vote.
local function export_polls(out)
  for i, poll in ipairs(out.polls or {}) do
    out.votes[i] = json_list({ cjson.encode(poll.key), cjson.encode(poll.name), json_list(poll.choices), json_list(poll.votes) })
  end
end
