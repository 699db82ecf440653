-- Takes a lock, or keeps it longer.
-- KEYS  1 lock   ARGV  1 owner   2 for how long, ms   Returns 1 when it is the owner's now.
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
