/**
 * Mistakes that a careful person could make, each as the one change of text that makes it. `from` must stand in its file
 * exactly once, so that a mistake which the code has outgrown is noticed. Seeds are tried from `first` on, 1 where it is not said.
 */
const SCRIPTS = 'libs/counter-store/src/scripts/';
const INCLUDES = `${SCRIPTS}includes/`;

// Not among them is what the simulator does not see within a thousand seeds; what is to see it stands in brackets:
// - what does no harm by itself: a looker that counts its sleep once, for others have moved meanwhile or sync before its fourth look;
// - what mends itself, as only the end is looked at: the viewers of a stale region counted on, a read that was overtaken (watch tests of replication);
// - what takes two things going wrong at once: a batch of an ended incarnation that is added again, a part that was asked for
//   before forgetting (region.store), a record that is taken before its increment, and whole state
//   that tells increments before records (an amount waits for its keeper anyway).
export const MUTANTS = [
  {
    name: 'totals of another writer are added instead of joined',
    file: `${INCLUDES}merge.lua`,
    from: 'math.max(held.up, row[3]), math.max(held.down, row[4])',
    to: 'held.up + row[3], held.down + row[4]',
  },
  {
    name: 'the smaller total wins',
    file: `${INCLUDES}merge.lua`,
    from: 'local up, down = math.max(held.up, row[3])',
    to: 'local up, down = math.min(math.max(held.up, 1), row[3])',
  },
  {
    name: 'the fence does not look at the replication id',
    file: `${INCLUDES}bucket.lua`,
    from: 'if bucket.replid == replid and not behind then return bucket end',
    to: "if bucket.incarnation ~= '' and not behind then return bucket end",
  },
  {
    name: 'a gateway that is gone is counted out of nothing',
    file: `${SCRIPTS}gateway-reap.lua`,
    from: 'presence_drop_others(bucket, index, entries, {}, now)',
    to: '',
  },
  {
    name: 'a gap in the feed of a gateway is accepted',
    file: `${SCRIPTS}gateway-apply.lua`,
    from: "if from and stored < from then return answer('need') end",
    to: '',
  },
  {
    name: 'a row is cut without raising the floor',
    file: `${INCLUDES}index.lua`,
    from: 'bucket.revFloor = math.max(bucket.revFloor, rev)',
    to: '',
  },
  {
    name: 'a change of presence reuses the last sequence number',
    file: `${INCLUDES}presence.lua`,
    from: 'bucket.seq = bucket.seq + 1',
    to: '',
  },
  {
    name: 'an addition reuses the last sequence number',
    file: `${INCLUDES}additions.lua`,
    from: 'bucket.seq = bucket.seq + 1',
    to: '',
  },
  {
    name: 'whole state of a gateway is merged instead of replacing',
    file: `${SCRIPTS}gateway-apply.lua`,
    from: 'if not from then presence_drop_others(bucket, index, entries, mentioned, now) end',
    to: '',
  },
  {
    name: 'a slice does not drop what it does not mention',
    file: `${INCLUDES}merge-registers.lua`,
    from: 'if not told[key] then merge_registers(merge, key, {}) end',
    to: '',
  },
  {
    name: 'a register of an older incarnation wins by its number',
    file: `${INCLUDES}regions.lua`,
    from: 'return incarnation < at.incarnation or seq <= at.seq',
    to: 'return seq <= at.seq',
  },
  {
    name: 'what has gone elsewhere stays here',
    file: `${INCLUDES}merge-registers.lua`,
    from: 'if ours and is_covered(at, ours.incarnation, ours.seq) then',
    to: 'if false then',
  },
  {
    name: 'what is covered and gone is taken back from a peer that lags',
    file: `${INCLUDES}merge-registers.lua`,
    from: 'is_covered(ours or merge.vector[name], theirs.incarnation, theirs.seq)',
    to: 'is_covered(ours, theirs.incarnation, theirs.seq)',
  },
  {
    name: 'the vector is joined though rows are still to come',
    file: 'libs/counter-store/src/region-reader.ts',
    from: 'const covers = to === position.rev ? changed.covers : null;',
    to: 'const covers = changed.covers;',
  },
  {
    name: 'totals of an ended incarnation are taken over though peers have them',
    file: `${INCLUDES}writers.lua`,
    from: 'if bucket.shared and counter.seq > 0 and counter.seq <= bucket.begun then',
    to: 'if false then',
  },
  {
    name: 'a batch that comes again is added again',
    file: `${SCRIPTS}counters-add.lua`,
    from: 'local again = tonumber(number) <= tonumber(lastNumber)',
    to: 'local again = false',
  },
  {
    name: 'an operation id is forgotten at once',
    file: `${INCLUDES}operation-ids.lua`,
    from: "if known then return known:sub(1, #body + 1) == body .. ' ' and 'replayed' or 'OPERATION_ID_REUSED' end",
    to: '',
  },
  {
    name: 'operation ids are not told to peers',
    file: `${INCLUDES}additions.lua`,
    from: "redis.call('ZADD', book.ids.current .. ':log', int(counter.rev), each.id)",
    to: '',
  },
  {
    name: 'an id under two writers is not taken back',
    file: `${INCLUDES}merge-voids.lua`,
    from: 'durable_count(merge.bucket, key, counter, -tonumber(amount))',
    to: '',
  },
  {
    name: 'a void amount counts each time that it is heard of',
    file: `${INCLUDES}merge-voids.lua`,
    from: "if redis.call('ZADD', voids, 'NX', '0', member) == 0 then return end",
    to: "redis.call('ZADD', voids, 'NX', '0', member)",
  },
  {
    name: 'an amount is taken back because of an increment that is not counted',
    // One seed in some three thousand shows it.
    first: 10_000,
    file: `${INCLUDES}merge-voids.lua`,
    from: 'if not merge_is_counted(merge, record) or not merge_is_counted(merge, keeper) then',
    to: 'if not merge_is_counted(merge, record) then',
  },
  {
    name: 'gateways are reaped by time while Redis is away',
    file: 'libs/replication/src/looker.ts',
    from: '[this.gateways, this.counterApis] = [NEVER_LOOKED, NEVER_LOOKED];',
    to: `const heartbeats = new Map([...this.gateways.sightings].map(([each, { heartbeat }]) => [each, heartbeat]));
      this.gateways = observe(this.gateways, { atMs: this.options.monotonicMs(), heartbeats }, this.options.periodMs).after;`,
  },
  {
    name: 'who is gone comes back between the parts of an answer',
    file: `${INCLUDES}merge-registers.lua`,
    from: 'not gone_tells(merge.gone, key, number, theirs.incarnation, theirs.seq)',
    to: 'true',
  },
  {
    name: 'what silence has told is not passed on once the vector tells it',
    first: 11_000,
    file: `${INCLUDES}gone.lua`,
    from: '      tell(key)\n',
    to: '',
  },
  {
    name: 'what is not durable is acknowledged and told to peers',
    file: 'libs/counter-store/src/durability.ts',
    from: 'if (reached < this.replicas) {',
    to: 'if (reached < 0) {',
  },
  {
    name: 'a promoted replica confirms what its predecessor took',
    file: 'libs/counter-store/src/durability.ts',
    from: 'if (marked !== replid)',
    to: 'if (marked === null)',
  },
  {
    name: 'a lost hint is never repaired',
    file: 'libs/replication/src/watch/bucket-follower.ts',
    from: 'if (position.incarnation !== incarnation || position.rev > rev) await this.mending.run();',
    to: 'if (position.rev < 0) await this.mending.run();',
  },
  {
    name: 'a bucket that somebody is joining is unsubscribed',
    first: 1000,
    file: 'libs/replication/src/watch/bucket-follower.ts',
    from: 'return this.watched.size === 0 && this.joining === 0;',
    to: 'return this.watched.size === 0;',
  },
  {
    name: 'an older value is shown after a newer one',
    file: 'libs/crdt/src/filtered-feed.ts',
    from: 'return held === undefined || compareRev(offered, held) > 0;',
    to: 'return true;',
  },
  {
    name: 'a gateway takes what it has sent for arrived',
    file: 'libs/gateway-core/src/bucket-feed.ts',
    from: '    this.source.acknowledge(stored);',
    to: '    this.source.acknowledge(this.source.version);',
  },
  {
    name: 'one event of two writers is two to whoever has not read them',
    file: `${INCLUDES}merge-voids.lua`,
    from: '  pairs_put(merge.bucket, record, keeper)',
    to: '',
  },
  {
    name: 'what is joined of a follow is not passed on',
    file: `${INCLUDES}merge-follows.lua`,
    from: 'follow_put(bucket, index, user, page, held, joined)',
    to: "redis.call('HSET', follows_key(bucket, user), page, follow_text(joined))",
  },
  {
    name: 'an event is unread though a copy of it has been read',
    file: 'libs/crdt/src/unread.ts',
    from: 'event.some(isRead) ? ofUser : ofUser - 1',
    to: 'ofUser - 1',
  },
  {
    name: 'modifications of an ended incarnation are taken for those of the present one',
    file: `${SCRIPTS}modifications-read.lua`,
    from: 'bucket.shared and life_of(bucket, seq) or LIFE_ZERO',
    to: 'bucket.shared and bucket.incarnation or LIFE_ZERO',
  },
  {
    name: 'of two votes at once the one that was here stays',
    file: `${INCLUDES}votes.lua`,
    from: 'return is_after(vote.choice, held.choice)',
    to: 'return false',
  },
  {
    name: 'a vote that is taken back is dropped though peers have it',
    file: `${INCLUDES}votes.lua`,
    from: 'if has_voted(vote) or bucket.shared then',
    to: 'if has_voted(vote) then',
  },
  {
    name: 'what is joined of a vote is not passed on',
    first: 250,
    file: `${INCLUDES}merge-votes.lua`,
    from: '        vote_put(bucket, index, key, voter, vote)\n',
    to: `        shelf_set(poll_of(bucket, key), voter, voter, vote_text(vote))
        bucket.votes = bucket.votes + 1\n`,
  },
  {
    name: 'whole state leaves out votes',
    file: 'libs/counter-store/src/region-reader.ts',
    from: 'const at = page.number === modulus ? { slice: 0, told } : goesOn;',
    to: 'const at = page.number >= 0 ? { slice: 0, told } : goesOn;',
  },
  {
    name: 'a set writes over totals that peers know',
    file: `${INCLUDES}sets.lua`,
    from: 'if not set.bucket.shared then return set_rewind(set, amounts) end',
    to: 'if true then return set_rewind(set, amounts) end',
  },
  {
    name: 'a set goes on with totals that have no room',
    file: `${INCLUDES}sets.lua`,
    from: 'if #amounts == 1 and set_has_room(set, book, amounts[1]) then',
    to: 'if #amounts == 1 then',
  },
  {
    name: 'a set looks at what its own region has counted only',
    file: `${INCLUDES}sets.lua`,
    from: 'local amount = value - counter.total',
    to: 'local amount = value - (counter.up - counter.down)',
  },
];
