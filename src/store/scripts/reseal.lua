-- Replaces texts of a hash by others that say the same, where nobody has written them anew meanwhile. The revision stays.
-- KEYS  1 hash     ARGV  field, text as read ('' none), new text …
-- Returns how many had been written anew.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local anew = 0
for i = 1, #ARGV, 3 do
  if (redis.call('HGET', KEYS[1], ARGV[i]) or '') == ARGV[i + 1] then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
  else
    anew = anew + 1
  end
end
return anew
