-- Takes webhooks' views of checkouts into their records, unless a record knows better. All webhooks that arrive in one
-- moment share one round trip; each is judged on its own.
-- KEYS  all, waiting, scheduled, skipped, cancelled, erasable, the switch that shuts a shop; then per webhook: record, its lookup sets
-- ARGV  ttl ms, names of the data keys that the caller can open, as one text; then per webhook:
--   1 number of its lookup sets   2 id   3 now   4 updated_at of the body   5 state   6 score in its state
--   7 reason ('' none)   8 kind, 9 JSON of the timeline line   10 what the lookup sets are made of, as one text
--   11 last activity   12 what the webhook says of the checkout: JSON, sealed where there is a data key
--   13 JSON of the contacts' digests   14 '1' when nothing in it stands for consent
-- Returns per webhook one text: outcome|state|reason|due|alarm|alarm at|number for a new alarm, where nothing stands
-- for none. A number is given out where no alarm is set that rings in time: asking for it would be a round trip.
local ARGUMENTS = 14
local all, cancelled, erasable, ttl, readable = KEYS[1], KEYS[5], KEYS[6], ARGV[1], ARGV[2]
local index = { waiting = KEYS[2], scheduled = KEYS[3], skipped = KEYS[4] }
-- Lookup sets are kept an hour longer than records, so that one webhook an hour has to see to it. Milliseconds.
local HOUR = 3600000
local FINAL_SKIPS = { dry_run = true, holdout = true }
-- Reasons that may come before the checkout. Asked for by name: a set of one contact can be long.
local STOPS = { 'checkout_deleted', 'ordered' }

local function add(fields, name, value)
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end

-- What the caller cannot open it must not replace either: somebody else can.
local function can_open(facts)
  return string.sub(facts, 1, 3) ~= 'v1.' or string.find(readable, string.sub(facts, 4, 11), 1, true) ~= nil
end

-- Why nothing is taken in; false: nobody shut the shop.
local shut = redis.call('HGET', KEYS[7], 'shut')

local function receive(k, a)
  local record, id, now, updated_at = KEYS[k], ARGV[a + 1], ARGV[a + 2], tonumber(ARGV[a + 3])
  local state, score, reason, active_at, facts = ARGV[a + 4], ARGV[a + 5], ARGV[a + 6], ARGV[a + 10], ARGV[a + 11]
  local known = redis.call('HMGET', record, 'state', 'reason', 'checkoutUpdatedAt', 'dueAt', 'alarm', 'alarmAt',
    'lookups', 'facts', 'heldAt', 'changedAt', 'revision', 'erasedAt',
      'stopReason', 'saidNo')
  local was, erased = known[1], (known[12] or '') ~= ''
  local says_no, said_no = ARGV[a + 13] == '1', known[14] == '1'

  local function answer(outcome, in_state, in_reason, due, next_alarm)
    return table.concat({ outcome, in_state, in_reason or '', due or '', known[5] or '', known[6] or '', next_alarm or '' }, '|')
  end

  if shut then return answer('shut', was or 'skipped', was and known[2] or shut) end

  if was then
    if known[8] and not can_open(known[8]) then return answer('unreadable', was) end
    local newest = tonumber(known[3] or '-1')
    local outcome
    if not index[was] or FINAL_SKIPS[known[2] or ''] then
      -- Dialled, or ruled out; a dry run and a holdout stand for the one call they did not place.
      outcome = 'closed'
    elseif updated_at < newest or (updated_at == newest and (erased or (said_no and not says_no)
      or (was == 'scheduled' and state == 'waiting' and not says_no))) then
      -- What was erased does not come back with an old body. Within one instant Shopify's order is unknown: a body that
      -- can be called beats one that still lacks something. One that says no is obeyed, and not undone.
      outcome = 'stale'
    elseif updated_at == newest and was == state and known[8] == facts
      and (state == 'scheduled' or (known[2] or '') == reason) then
      outcome = 'duplicate'
    end
    if outcome then
      -- While the dial is under way nothing may change, and nothing may be lost: if it turns out not to have been placed,
      -- the newest webhook decides what follows. Where a stop decides, or of somebody who was erased, nothing is held. Within
      -- one second Shopify's order is unknown: a no is obeyed.
      local undecided = (was == 'dialing' or was == 'unknown') and not erased and (known[13] or '') == ''
      local held_at = math.max(newest, tonumber(known[9] or '-1'))
      if undecided and (updated_at > held_at or (updated_at == held_at and says_no)) then
        redis.call('HSET', record, 'heldAt', ARGV[a + 3], 'held', string.format(
          '{"state":"%s","reason":%s,"dueAt":%s,"checkoutUpdatedAt":%s,"lastActivityAt":%s,"facts":%s}', state,
          reason == '' and 'null' or '"' .. reason .. '"', state == 'scheduled' and score or 'null', ARGV[a + 3],
          active_at, string.sub(facts, 1, 1) == '{' and facts or '"' .. facts .. '"'))
        redis.call('HINCRBY', record, 'revision', 1)
      end
      -- Stale and duplicate ones alternate in a storm; to a reader both are "nothing new", and one line that counts.
      local event = outcome == 'closed' and 'checkout_closed' or 'checkout_nothing_new'
      append_line(record, event, string.format('{"at":%s,"event":"%s"}', now, event), now)
      return answer(outcome, was, known[2], known[4])
    end
  end

  if known[7] ~= ARGV[a + 9] then
    for i = k + 1, k + ARGV[a] do
      -- A stop may come before what it stops; it left its reason under the cart or the checkout id.
      if not was then
        for _, stop in ipairs(STOPS) do
          if redis.call('SISMEMBER', KEYS[i], '!' .. stop) == 1 then state, reason = 'cancelled', stop end
        end
      end
      redis.call('SADD', KEYS[i], id)
    end
  end
  if known[7] ~= ARGV[a + 9] or math.floor(now / HOUR) ~= math.floor(known[10] / HOUR) then
    for i = k + 1, k + ARGV[a] do redis.call('PEXPIRE', KEYS[i], ttl + HOUR) end
  end

  local fields = { 'id', id, 'state', state, 'reason', reason, 'changedAt', now, 'checkoutUpdatedAt', ARGV[a + 3],
    'lastActivityAt', active_at, 'revision', (known[11] or 0) + 1 }
  if known[7] ~= ARGV[a + 9] then
    add(fields, 'lookups', ARGV[a + 9])
    add(fields, 'contacts', ARGV[a + 12])
  end
  if known[8] ~= facts then add(fields, 'facts', facts) end
  if says_no then add(fields, 'saidNo', '1') elseif said_no then redis.call('HDEL', record, 'saidNo') end
  if state == 'scheduled' then
    add(fields, 'dueAt', score)
  elseif was == 'scheduled' then
    redis.call('HDEL', record, 'dueAt')
  end
  if not was then
    add(fields, 'createdAt', now)
    redis.call('ZADD', all, now, id)
  elseif was ~= state then
    redis.call('ZREM', index[was], id)
  end
  if erased then redis.call('HDEL', record, 'erasedAt') end
  -- Later webhooks leave the score as it is: the sweep looks at the record when the time seems to be up.
  if erased or not was then redis.call('ZADD', erasable, now, id) end
  redis.call('HSET', record, unpack(fields))
  redis.call('PEXPIRE', record, ttl)
  if state == 'cancelled' then
    redis.call('ZADD', cancelled, now, id)
    append_line(record, 'stopped_before', string.format('{"at":%s,"event":"stopped_before","state":"cancelled","reason":"%s"}',
      now, reason), now)
    return answer('created', state, reason, '')
  end
  redis.call('ZADD', index[state], score, id)
  append_line(record, ARGV[a + 7], ARGV[a + 8], now)
  local due = state == 'scheduled' and score or ''
  local in_time = known[5] and known[6] and tonumber(known[6]) <= tonumber(score)
  local next_alarm = state == 'scheduled' and not in_time and redis.call('HINCRBY', record, 'alarms', 1)
  return answer(was and 'updated' or 'created', state, reason, due, next_alarm)
end

local answers, k = {}, 8
for a = 3, #ARGV, ARGUMENTS do
  answers[#answers + 1] = receive(k, a)
  k = k + 1 + ARGV[a]
end
return answers
