-- Makes a call to a person a recovery's, unless a cap forbids it: of two recoveries that ring in the same moment one gets it.
-- The rule is capFor in src/domain/person-history.ts; here it is judged and written in one step, over all contacts.
-- KEYS  1 the counter of what comes to be known of anybody; then per contact: calls, refusals (sorted sets by time); then the
--       same under names that contacts had formerly
-- ARGV  1 number of contacts   2 recovery id   3 now   4 calls per day   5 per week   6 per month   7 silence after a refusal, ms
-- Returns {} when it is the recovery's now, else { cap, until when }.
local DAY = 24 * 60 * 60 * 1000
local MONTH = 30 * DAY
local id, now = ARGV[2], tonumber(ARGV[3])
local month_ago = string.format('%.0f', now - MONTH)

-- One call stands under each contact of the person; it counts once. The recovery's own does not count against it.
local called_at, refused_at = {}, nil
for i = 2, #KEYS, 2 do
  local calls = redis.call('ZRANGE', KEYS[i], '(' .. month_ago, '+inf', 'BYSCORE', 'WITHSCORES')
  for j = 1, #calls, 2 do
    local at = tonumber(calls[j + 1])
    if calls[j] ~= id and at > (called_at[calls[j]] or 0) then called_at[calls[j]] = at end
  end
  local refusal = redis.call('ZRANGE', KEYS[i + 1], '-1', '-1', 'WITHSCORES')
  if refusal[2] and tonumber(refusal[2]) > (refused_at or 0) then refused_at = tonumber(refusal[2]) end
end
local times = {}
for _, at in pairs(called_at) do times[#times + 1] = at end
table.sort(times, function(a, b) return a > b end)

local cap, till = nil, now
local function consider(name, from, window)
  if from and from + window > till then cap, till = name, from + window end
end
consider('refusal', refused_at, tonumber(ARGV[7]))
consider('month', times[tonumber(ARGV[6])], MONTH)
consider('week', times[tonumber(ARGV[5])], 7 * DAY)
consider('day', times[tonumber(ARGV[4])], DAY)
if cap then return { cap, string.format('%.0f', till) } end

for i = 2, 2 * ARGV[1], 2 do
  redis.call('ZADD', KEYS[i], 'GT', now, id)
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', month_ago)
  redis.call('PEXPIRE', KEYS[i], MONTH)
end
redis.call('INCR', KEYS[1])
return {}
