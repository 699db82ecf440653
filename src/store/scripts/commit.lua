-- Changes a record, if it is still the one that was read. The only way out of the open states, and the gate before a dial.
-- KEYS  1 record   2 all   3 index of the state it was in   4 index of the state it goes to   5 index of errands
--       6 index of failed errands   7 index of personal data   8 the switch of dialling   9.. lookup sets to join, then those
--       to leave
-- ARGV  1 id   2 now   3 ttl ms ('' its end stays as it is)   4 expected revision (0: must not exist)   5 score in the new state
--       6 kind ('' none), 7 JSON of the timeline line   8 number of fields to set   9 number of fields to drop
--       10 when its errands are due next ('' unchanged, '-' none)   11 '1' when one of them has failed
--       12 '1' when its personal data is erased   13 number of lookup sets to leave   14 '1' unless dialling is paused
--       then field, value …, then fields to drop
-- Returns 1 when changed, 0 when somebody else was first or dialling is paused.
local id, now, ttl, expected = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local revision = tonumber(redis.call('HGET', KEYS[1], 'revision') or '0')
if revision ~= expected then return 0 end
if ARGV[14] == '1' and redis.call('EXISTS', KEYS[8]) == 1 then return 0 end

local at = 15
local fields = {}
for _ = 1, tonumber(ARGV[8]) do
  fields[#fields + 1] = ARGV[at]
  fields[#fields + 1] = ARGV[at + 1]
  at = at + 2
end
if #fields > 0 then redis.call('HSET', KEYS[1], unpack(fields)) end
for _ = 1, tonumber(ARGV[9]) do
  redis.call('HDEL', KEYS[1], ARGV[at])
  at = at + 1
end
redis.call('HSET', KEYS[1], 'id', id, 'changedAt', now, 'revision', revision + 1)
if ttl ~= '' then redis.call('PEXPIRE', KEYS[1], ttl) end
if revision == 0 then
  redis.call('ZADD', KEYS[2], now, id)
  redis.call('ZADD', KEYS[7], now, id)
end
if ARGV[12] == '1' then redis.call('ZREM', KEYS[7], id) end
if KEYS[3] ~= KEYS[4] then redis.call('ZREM', KEYS[3], id) end
redis.call('ZADD', KEYS[4], ARGV[5], id)
local left = #KEYS - tonumber(ARGV[13])
for i = 9, left do
  redis.call('SADD', KEYS[i], id)
  if ttl ~= '' then redis.call('PEXPIRE', KEYS[i], ttl) end
end
for i = left + 1, #KEYS do redis.call('SREM', KEYS[i], id) end
if ARGV[10] == '-' then
  redis.call('ZREM', KEYS[5], id)
elseif ARGV[10] ~= '' then
  redis.call('ZADD', KEYS[5], ARGV[10], id)
end
if ARGV[10] ~= '' then
  if ARGV[11] == '1' then redis.call('ZADD', KEYS[6], 'NX', now, id) else redis.call('ZREM', KEYS[6], id) end
end
append_line(KEYS[1], ARGV[6], ARGV[7], now)
return 1
