-- Takes a contact off the do-not-call list.
-- KEYS  1 list: digest → facts   2 its order     ARGV  1 digest
-- Returns 1 when it was there.
local facts = redis.call('HGET', KEYS[1], ARGV[1])
if not facts then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], (string.match(facts, '^%d+') or '') .. ':' .. ARGV[1])
return 1
