--[[
slots: what windowed counters gain, slot of time by slot of time (ADR 14).
A slot is a durable PN-counter like any other, so it is merged, replicated and audited as one; its key is STEM@KN: the stem of the
counter (keys.ts), the kind of the slot, and which of that length it is since 1970. No client can name it, for names have no `@`.
Meta field `slotted`: 1 once a slot has been written, 0 while the sweep walks through the shelves; absent: there are none.
Holds   W1 a counter and its slots change together or not at all, so slots of one length add up to the same as those of another;
        W2 a slot whose time is over comes back from nowhere: it is neither taken from a peer nor kept.
]]
--- @include bucket
-- How long a slot is, and how long it is kept after its end, in seconds: what windows reach (window-plan.ts) and some hours or
-- minutes for clocks that differ.
local SLOTS = {
  s = { length = 10, kept = 4200 },
  m = { length = 60, kept = 93600 },
  h = { length = 3600, kept = 2764800 },
}
local SLOT_KINDS = { 's', 'm', 'h' }

-- Says that this bucket has slots, once a script.
local function slots_note(bucket)
  if bucket.slotted then return end
  bucket.slotted = true
  redis.call('HSET', bucket.meta, 'slotted', '1')
end

-- Kind -> key of the slot that a time lies in, in seconds since 1970.
local function slot_key(stem, kind, now) return stem .. '@' .. kind .. int(math.floor(now / SLOTS[kind].length)) end

-- Whether it is the key of a slot that is not kept any more.
local function slot_is_over(key, now)
  local kind, number = key:match('@([smh])(%d+)$')
  if not kind then return false end
  return (tonumber(number) + 1) * SLOTS[kind].length + SLOTS[kind].kept <= now
end
