-- Takes webhooks' views of checkouts into their records, unless a record knows better. All webhooks that arrive in one
-- moment share one round trip; each is judged on its own.
-- KEYS  all, waiting, scheduled, skipped, cancelled, erasable, the switch that shuts a shop, the do-not-call list, the counter
--       of what comes to be known of anybody; then the record of each webhook
-- ARGV  1 ttl ms   2 names of the data keys that the caller can open, as one text   3 so many checkouts of a contact within 4 so
--   long, ms, are a burst   5 most that are kept per contact   6 a burst is remembered for so long, ms   what these begin with:
--   7 lookup sets, 8 a contact's calls, 9 refusals, 10 withdrawals, 11 orders, 12 recent checkouts, 13 burst; then per webhook:
--   1 the short ones, between bars: id | now | updated_at of the body | state | score in its state | reason ('' none) |
--     last activity | '1' when nothing in the checkout stands for consent | '1' when it was decided on as of somebody of whom
--     nothing is known | the mark of 6: no two texts have the same
--   2 kind, 3 JSON of the timeline line   4 names of its lookup sets, a line each   5 digests under which its contacts stood
--   before, a line each   6 what the webhook says of the checkout: JSON, sealed where there is a data key; '' when it was told
--   before under the same mark
-- The keys of lookup sets and contacts are put together here: most webhooks need few of them, and handing all of them over cost
-- more than all else. So this wants one Redis, no cluster.
-- Returns per webhook one text: outcome|state|reason|due|alarm|alarm at|number for a new alarm, where nothing stands
-- for none. `facts_missing`: told in short, and the record does not hold it; nothing was written. A number is given out where no alarm is set that rings in time: asking for it would be a round trip.
local FIRST, ARGUMENTS = 14, 6
local SHORT = '^([^|]*)' .. string.rep('|([^|]*)', 9) .. '$'
local all, cancelled, erasable, listed = KEYS[1], KEYS[5], KEYS[6], KEYS[8]
local news = redis.call('GET', KEYS[9]) or '0'
local index = { waiting = KEYS[2], scheduled = KEYS[3], skipped = KEYS[4] }
local ttl, readable, many, within, most_recent, burst_ttl = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], ARGV[6]
local find, calls, refusals, withdrawals, orders, checkouts, bursts = ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11], ARGV[12], ARGV[13]
-- Lookup sets are kept an hour longer than records, so that one webhook an hour has to see to it. Milliseconds.
local HOUR = 3600000
local FINAL_SKIPS = { dry_run = true, holdout = true }
-- Reasons that may come before the checkout. Asked for by name: a set of one contact can be long.
local STOPS = { 'checkout_deleted', 'ordered' }

-- What the caller cannot open it must not replace either: somebody else can.
local function can_open(facts)
  return string.sub(facts, 1, 3) ~= 'v1.' or string.find(readable, string.sub(facts, 4, 11), 1, true) ~= nil
end

local function contacts_in(lookups)
  local contacts = {}
  for line in string.gmatch(lookups, '[^\n]+') do
    if string.sub(line, 1, 8) == 'contact:' then contacts[#contacts + 1] = string.sub(line, 9) end
  end
  return contacts
end

-- Whether nothing is known of any of the contacts that a decision could depend on. What is over by now counts as known: then
-- the caller reads it and finds nothing. A person has ten contacts at most: see person.ts.
local function is_stranger(lookups, former)
  local contacts, facts = contacts_in(lookups), {}
  for digest in string.gmatch(former, '[^\n]+') do contacts[#contacts + 1] = digest end
  if #contacts == 0 then return true end
  for _, contact in ipairs(contacts) do
    facts[#facts + 1] = calls .. contact
    facts[#facts + 1] = refusals .. contact
    facts[#facts + 1] = withdrawals .. contact
    facts[#facts + 1] = orders .. contact
    facts[#facts + 1] = bursts .. contact
  end
  if redis.call('EXISTS', unpack(facts)) > 0 then return false end
  for _, entry in ipairs(redis.call('HMGET', listed, unpack(contacts))) do
    if entry then return false end
  end
  return true
end

-- The last activity of the newest burst among a contact's checkouts: burstIn() in person-history.ts.
local function burst_in(key)
  local begun = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  for i = #begun, 2 * many, -2 do
    if begun[i] - begun[i - 2 * (many - 1)] < within then return begun[i] end
  end
end

-- A contact's checkouts of the last minutes. An address that a shop's own staff types into every test must not grow without end.
local function note_checkout(lookups, id, begun)
  for _, contact in ipairs(contacts_in(lookups)) do
    local key = checkouts .. contact
    redis.call('ZADD', key, 'LT', begun, id)
    redis.call('PEXPIRE', key, within)
    if redis.call('ZCARD', key) > 1 then
      redis.call('ZREMRANGEBYSCORE', key, '-inf', begun - within)
      redis.call('ZREMRANGEBYRANK', key, 0, -most_recent - 1)
    end
    local burst = redis.call('ZCARD', key) >= many and burst_in(key)
    if burst then
      redis.call('ZADD', bursts .. contact, 'GT', burst, 'burst')
      redis.call('PEXPIRE', bursts .. contact, burst_ttl)
      news = string.format('%d', redis.call('INCR', KEYS[9]))
    end
  end
end

-- Why nothing is taken in; false: nobody shut the shop.
local shut = redis.call('HGET', KEYS[7], 'shut')

local function receive(record, a)
  local id, now, told_at, state, score, reason, active_at, no, as_stranger, mark = string.match(ARGV[a], SHORT)
  local kind, line, lookups, former, facts = ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4], ARGV[a + 5]
  local updated_at = tonumber(told_at)
  local known = redis.call('HMGET', record, 'state', 'reason', 'checkoutUpdatedAt', 'dueAt', 'alarm', 'alarmAt',
    'lookups', 'facts', 'heldAt', 'changedAt', 'revision', 'erasedAt',
    'stopReason', 'saidNo', 'tn', 'tk', 'createdAt', 'factsMark', 'strangerAs')
  local was, erased = known[1], (known[12] or '') ~= ''
  local says_no, said_no = no == '1', known[14] == '1'

  local function answer(outcome, in_state, in_reason, due, next_alarm)
    return table.concat({ outcome, in_state, in_reason or '', due or '', known[5] or '', known[6] or '', next_alarm or '' }, '|')
  end

  if shut then return answer('shut', was or 'skipped', was and known[2] or shut) end
  -- As every version of this service writes and reads it on the record.
  local told = string.gsub(lookups, '\n', ',')
  local is_elsewhere = known[7] ~= told
  -- Whoever was a stranger is one still, while nothing has come to be known of anybody.
  local stranger_as = known[19] == news and not is_elsewhere and news
  if as_stranger == '1' and not stranger_as then
    if not is_stranger(lookups, former) then return answer('no_stranger', was or 'waiting') end
    stranger_as = news
  end
  if facts == '' then
    if not known[8] or known[18] ~= mark .. '@' .. (known[11] or '') then return answer('facts_missing', was or 'waiting') end
    facts = known[8]
  end

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
        redis.call('HSET', record, 'heldAt', told_at, 'held', string.format(
          '{"state":"%s","reason":%s,"dueAt":%s,"checkoutUpdatedAt":%s,"lastActivityAt":%s,"facts":%s}', state,
          reason == '' and 'null' or '"' .. reason .. '"', state == 'scheduled' and score or 'null', told_at,
          active_at, string.sub(facts, 1, 1) == '{' and facts or '"' .. facts .. '"'))
        redis.call('HINCRBY', record, 'revision', 1)
      end
      -- Stale and duplicate ones alternate in a storm; to a reader both are "nothing new", and one line that counts.
      local event = outcome == 'closed' and 'checkout_closed' or 'checkout_nothing_new'
      append_line(record, event, string.format('{"at":%s,"event":"%s"}', now, event), now)
      return answer(outcome, was, known[2], known[4])
    end
  end

  if is_elsewhere or math.floor(now / HOUR) ~= math.floor(known[10] / HOUR) then
    for name in string.gmatch(lookups, '[^\n]+') do
      local key = find .. name
      -- A stop may come before what it stops; it left its reason under the cart or the checkout id.
      if not was and string.sub(name, 1, 8) ~= 'contact:' then
        for _, stop in ipairs(STOPS) do
          if redis.call('SISMEMBER', key, '!' .. stop) == 1 then state, reason = 'cancelled', stop end
        end
      end
      if is_elsewhere then redis.call('SADD', key, id) end
      redis.call('PEXPIRE', key, ttl + HOUR)
    end
  end

  -- The mark holds for one revision: whoever else changes the record has no need to know of it.
  local revision = string.format('%d', (known[11] or 0) + 1)
  local fields = { 'id', id, 'state', state, 'reason', reason, 'changedAt', now, 'checkoutUpdatedAt', told_at,
    'lastActivityAt', active_at, 'revision', revision, 'factsMark', mark .. '@' .. revision }
  if is_elsewhere then
    local contacts = contacts_in(lookups)
    add(fields, 'lookups', told)
    add(fields, 'contacts', #contacts == 0 and '[]' or '["' .. table.concat(contacts, '","') .. '"]')
  end
  if known[8] ~= facts then add(fields, 'facts', facts) end
  -- By contacts that nobody has asked about, it is nobody's word.
  local word = stranger_as or (not is_elsewhere and known[19]) or ''
  if word ~= (known[19] or '') then add(fields, 'strangerAs', word) end
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
  if state == 'cancelled' then
    kind = 'stopped_before'
    line = string.format('{"at":%s,"event":"stopped_before","state":"cancelled","reason":"%s"}', now, reason)
  end
  add_line(fields, record, known[15], known[16], kind, line, now)
  redis.call('HSET', record, unpack(fields))
  redis.call('PEXPIRE', record, ttl)
  -- Contacts often come with a later webhook. When it began is when it was first heard of, or left, if that was before.
  if is_elsewhere then note_checkout(lookups, id, math.min(active_at, known[17] or active_at)) end
  if state == 'cancelled' then
    redis.call('ZADD', cancelled, now, id)
    return answer('created', state, reason)
  end
  redis.call('ZADD', index[state], score, id)
  local due = state == 'scheduled' and score
  local in_time = known[5] and known[6] and tonumber(known[6]) <= tonumber(score)
  local next_alarm = due and not in_time and redis.call('HINCRBY', record, 'alarms', 1)
  return answer(was and 'updated' or 'created', state, reason, due, next_alarm)
end

local answers = {}
for i = 10, #KEYS do
  answers[i - 9] = receive(KEYS[i], FIRST + (i - 10) * ARGUMENTS)
end
return answers
