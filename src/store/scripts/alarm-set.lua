-- Remembers that an alarm is set. The highest number wins: two webhooks may arm at once, and a late reply changes nothing.
-- KEYS  1 record     ARGV  1 alarm number   2 when it rings
-- Returns 1 when remembered, 0 otherwise.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if tonumber(ARGV[1]) <= tonumber(redis.call('HGET', KEYS[1], 'alarm') or '0') then return 0 end
redis.call('HSET', KEYS[1], 'alarm', ARGV[1], 'alarmAt', ARGV[2])
return 1
