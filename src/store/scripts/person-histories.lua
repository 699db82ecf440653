-- Reads what is known of persons, for all webhooks of one turn at once. Writes nothing.
-- KEYS  1 the do-not-call list; then per contact: calls, refusals, withdrawal, order, burst of checkouts (sorted sets by time)
-- ARGV  1 calls are of interest after; then per person: how many contacts, and the digest of each
-- Returns per person { calls as id, time, …; last refusal; withdrawal; order; burst; the entry of each contact on the list }.
local function after(key, instant)
  return redis.call('ZRANGE', key, '(' .. instant, '+inf', 'BYSCORE', 'WITHSCORES')
end

local function newer(known, key)
  local at = redis.call('ZRANGE', key, '-1', '-1', 'WITHSCORES')[2]
  if at and (known == '' or tonumber(at) > tonumber(known)) then return at end
  return known
end

local answers = {}
local k, a = 2, 2
while a <= #ARGV do
  local contacts = tonumber(ARGV[a])
  local calls, refused, withdrawn, ordered, burst, listed = {}, '', '', '', '', {}
  for i = 1, contacts do
    for _, value in ipairs(after(KEYS[k], ARGV[1])) do calls[#calls + 1] = value end
    refused = newer(refused, KEYS[k + 1])
    withdrawn = newer(withdrawn, KEYS[k + 2])
    ordered = newer(ordered, KEYS[k + 3])
    burst = newer(burst, KEYS[k + 4])
    listed[i] = redis.call('HGET', KEYS[1], ARGV[a + i]) or ''
    k = k + 5
  end
  answers[#answers + 1] = { calls, refused, withdrawn, ordered, burst, listed }
  a = a + contacts + 1
end
return answers
