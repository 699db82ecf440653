-- Moves what stands under an old name of a contact to the new one, beside what is there already.
-- KEYS  1 old name   2 new name     Returns 1 when there was something.
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'set' and kind ~= 'zset' then return 0 end
local ttl = math.max(redis.call('PTTL', KEYS[1]), redis.call('PTTL', KEYS[2]))
if kind == 'set' then
  redis.call('SUNIONSTORE', KEYS[2], KEYS[2], KEYS[1])
else
  redis.call('ZUNIONSTORE', KEYS[2], 2, KEYS[2], KEYS[1], 'AGGREGATE', 'MAX')
end
if ttl > 0 then redis.call('PEXPIRE', KEYS[2], ttl) end
redis.call('UNLINK', KEYS[1])
return 1
