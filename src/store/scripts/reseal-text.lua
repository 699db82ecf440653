-- Replaces a text, if it is still the one that was read.
-- KEYS  1 text     ARGV  1 as read   2 new   Returns 1 when replaced.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
