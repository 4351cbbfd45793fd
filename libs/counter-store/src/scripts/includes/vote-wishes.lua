--[[
vote-wishes: what a wish makes of a vote, and why it may be refused.
]]
--- @include sum
--- @include votes
-- The vote after what is wished.
local function vote_wished(vote, kind, choice)
  if kind == 'unvote' then return { length = vote.length + (has_voted(vote) and 1 or 0), choice = '' } end
  if not has_voted(vote) then return { length = vote.length + 1, choice = choice } end
  return { length = vote.length + (vote.choice == choice and 0 or 2), choice = choice }
end

-- Whether a total, or the length, would pass the bound. A sum beyond the bound may come back, and go no further.
local function votes_pass_bound(vote, moves, counter_of)
  for _, move in ipairs(moves) do
    local total = counter_of(move.key).total
    if math.abs(total + move.amount) > MAX and total * move.amount >= 0 then return true end
  end
  return vote.length > MAX
end

-- Whether a counter that the moves change is not there yet.
local function votes_make(moves, counter_of)
  for _, move in ipairs(moves) do
    local counter = counter_of(move.key)
    if counter.updated == 0 and not counter.touched then return true end
  end
  return false
end
