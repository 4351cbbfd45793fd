--[[
merge-votes: joins the votes that a peer tells of. Nobody owns a vote, so no vector says what is news: one that changes by the
join moves what it counts, and is passed on; one that does not is not.
]]
--- @include votes
--- @include merge
local function merge_votes(merge, index, names)
  local bucket = merge.bucket
  local function touch(key) return merge_touch(merge, key) end
  for _, row in ipairs(merge.state.votes) do
    local key, name = row[1], row[2]
    if name ~= '' then redis.call('HSET', names, key, name) end
    for _, choice in ipairs(row[3]) do
      choice_name(bucket, key, choice[1], choice[2])
      redis.call('HSET', names, choice[2], choice[3])
    end
    for _, told in ipairs(row[4]) do
      local voter, vote = told[1], { length = told[2], choice = told[3] }
      local held = vote_get(bucket, key, voter)
      if is_later_vote(vote, held) then
        local moves = vote_moves(bucket, key, held, vote)
        vote_put(bucket, index, key, voter, vote)
        votes_count(bucket, moves, touch)
      end
    end
  end
  polls_save(bucket)
end
