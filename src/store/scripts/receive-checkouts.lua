-- Takes webhooks' views of checkouts into their records, unless a record knows better. All webhooks that arrive in one
-- moment share one round trip; each is judged on its own.
-- KEYS  per webhook: record, all, waiting, scheduled, skipped, cancelled, then its lookup sets
-- ARGV  per webhook:
--   1 number of its keys   2 id   3 now   4 ttl ms   5 updated_at of the body   6 state   7 score in its state
--   8 reason ('' none)   9 kind, 10 JSON of the timeline line   11 what the lookup sets are made of, as one text
--   12 last activity   13 JSON of what the webhook says of the checkout
-- Returns per webhook { outcome, state, reason, due, alarm, alarm at }; '' stands for none.
local ARGUMENTS = 13
local FIXED_KEYS = 6
-- Reasons that may come before the checkout. Asked for by name: a set of one contact can be long.
local STOPS = { 'checkout_deleted', 'ordered' }

local function receive(k, a)
  local record, id, now, ttl, updated_at = KEYS[k], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], tonumber(ARGV[a + 4])
  local state, score, reason, active_at, facts = ARGV[a + 5], ARGV[a + 6], ARGV[a + 7], ARGV[a + 11], ARGV[a + 12]
  local index = { waiting = KEYS[k + 2], scheduled = KEYS[k + 3], skipped = KEYS[k + 4] }
  local known = redis.call('HMGET', record, 'state', 'reason', 'checkoutUpdatedAt', 'dueAt', 'alarm', 'alarmAt',
    'lookups', 'facts', 'heldAt')
  local was = known[1]

  local function answer(outcome, in_state, in_reason, due)
    return { outcome, in_state, in_reason or '', due or '', known[5] or '', known[6] or '' }
  end

  if was then
    local newest = tonumber(known[3] or '-1')
    local outcome
    if not index[was] or known[2] == 'dry_run' then
      -- Dialled, or ruled out; a dry run stands for the one call it did not place.
      outcome = 'closed'
    elseif updated_at < newest or (updated_at == newest and was == 'scheduled' and state == 'waiting') then
      -- Within one instant Shopify's order is unknown: a body that can be called beats one that still lacks something. One
      -- that says no (consent, number) is obeyed.
      outcome = 'stale'
    elseif updated_at == newest and was == state and known[8] == facts
      and (state == 'scheduled' or (known[2] or '') == reason) then
      outcome = 'duplicate'
    end
    if outcome then
      -- While the dial is under way nothing may change, and nothing may be lost: if it turns out not to have been placed,
      -- the newest webhook decides what follows.
      if (was == 'dialing' or was == 'unknown') and updated_at > math.max(newest, tonumber(known[9] or '-1')) then
        redis.call('HSET', record, 'heldAt', ARGV[a + 4], 'held', string.format(
          '{"state":"%s","reason":%s,"dueAt":%s,"checkoutUpdatedAt":%s,"lastActivityAt":%s,"facts":%s}', state,
          reason == '' and 'null' or '"' .. reason .. '"', state == 'scheduled' and score or 'null', ARGV[a + 4],
          active_at, facts))
        redis.call('HINCRBY', record, 'revision', 1)
      end
      -- Stale and duplicate ones alternate in a storm; to a reader both are "nothing new", and one line that counts.
      local event = outcome == 'closed' and 'checkout_closed' or 'checkout_nothing_new'
      append_line(record, event, string.format('{"at":%s,"event":"%s"}', now, event), now)
      return answer(outcome, was, known[2], known[4])
    end
  end

  if known[7] ~= ARGV[a + 10] then
    for i = k + FIXED_KEYS, k + tonumber(ARGV[a]) - 1 do
      -- A stop may come before what it stops; it left its reason under the cart or the checkout id.
      if not was then
        for _, stop in ipairs(STOPS) do
          if redis.call('SISMEMBER', KEYS[i], '!' .. stop) == 1 then state, reason = 'cancelled', stop end
        end
      end
      redis.call('SADD', KEYS[i], id)
    end
  end
  for i = k + FIXED_KEYS, k + tonumber(ARGV[a]) - 1 do redis.call('PEXPIRE', KEYS[i], ttl) end

  local fields = { 'id', id, 'state', state, 'reason', reason, 'changedAt', now, 'checkoutUpdatedAt', ARGV[a + 4],
    'lookups', ARGV[a + 10], 'lastActivityAt', active_at, 'facts', facts }
  if state == 'scheduled' then
    fields[#fields + 1] = 'dueAt'
    fields[#fields + 1] = score
  elseif was == 'scheduled' then
    redis.call('HDEL', record, 'dueAt')
  end
  if not was then
    fields[#fields + 1] = 'createdAt'
    fields[#fields + 1] = now
    redis.call('ZADD', KEYS[k + 1], now, id)
  elseif was ~= state then
    redis.call('ZREM', index[was], id)
  end
  redis.call('HSET', record, unpack(fields))
  redis.call('HINCRBY', record, 'revision', 1)
  redis.call('PEXPIRE', record, ttl)
  if state == 'cancelled' then
    redis.call('ZADD', KEYS[k + 5], now, id)
    append_line(record, 'stopped_before', string.format('{"at":%s,"event":"stopped_before","state":"cancelled","reason":"%s"}',
      now, reason), now)
    return answer('created', state, reason, '')
  end
  redis.call('ZADD', index[state], score, id)
  append_line(record, ARGV[a + 8], ARGV[a + 9], now)
  return answer(was and 'updated' or 'created', state, reason, state == 'scheduled' and score or '')
end

local answers, k = {}, 1
for a = 1, #ARGV, ARGUMENTS do
  answers[#answers + 1] = receive(k, a)
  k = k + tonumber(ARGV[a])
end
return answers
