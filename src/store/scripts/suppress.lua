-- Puts contacts on the do-not-call list. One that is there stays as it is.
-- KEYS  1 list: digest → facts   2 its order   3 the counter of what comes to be known of anybody
-- ARGV  per contact: digest, facts, place in the order
-- Returns how many are new.
local added = 0
for i = 1, #ARGV, 3 do
  if redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) == 1 then
    redis.call('ZADD', KEYS[2], 0, ARGV[i + 2])
    added = added + 1
  end
end
if added > 0 then redis.call('INCR', KEYS[3]) end
return added
