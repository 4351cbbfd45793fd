--[[
runs: operations that are alike and follow each other, and what became of them.
A run of a batch is at its place in ARGV; what is noted of it are runs of those that are alike in outcome too.
]]
--- @include bucket
-- Notes the outcome of some more operations of the run at `place`. `step`: by how much each has raised the total; total nil: not known yet.
local function runs_note(runs, place, outcome, times, step, total)
  local last = runs[#runs]
  if last and last.place == place and last.outcome == outcome and last.step == step then
    last.times, last.total = last.times + times, total
  else
    runs[#runs + 1] = { place = place, outcome = outcome, times = times, step = step, total = total }
  end
end

-- Asks `settle` what becomes of the operations of the run at `place`: outcome, of how many, total. Those added have a step where the total is known.
local function runs_settle(runs, place, amount, operations, settle)
  while operations > 0 do
    local outcome, times, total = settle()
    runs_note(runs, place, outcome, times, total and outcome == 'added' and amount or 0, total)
    operations = operations - times
  end
end

-- The outcomes as text, by which a batch that comes again is answered.
local function runs_record(runs)
  local outcomes = {}
  for place, run in ipairs(runs) do outcomes[place] = run.outcome .. '*' .. int(run.times) end
  return table.concat(outcomes, ',')
end

-- Gives one outcome of a record after the other, and how often.
local function runs_recorded(record)
  local each = record:gmatch('([^,*]+)%*?(%d*)')
  return function()
    local outcome, times = each()
    return outcome, tonumber(times) or 1
  end
end

-- Puts them into a reply: outcome, operations, step, viewers, connections, durable, updated each. `viewOf` gives what a counter shows.
local function runs_reply(runs, answer, viewOf)
  for _, run in ipairs(runs) do
    local view = viewOf(ARGV[run.place])
    local parts = { run.outcome, int(run.times), int(run.step), view[1], view[2], run.total or view[3], view[4] }
    for _, part in ipairs(parts) do answer[#answer + 1] = part end
  end
  return answer
end
