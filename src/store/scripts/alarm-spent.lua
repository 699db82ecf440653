-- Forgets an alarm that rang for nothing, so that a mended checkout gets a new one.
-- KEYS  1 record     ARGV  1 alarm number
-- Returns 1 when no alarm is in force any more, 0 when a webhook has just scheduled the recovery and counts on this one.
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 1 end
if state == 'scheduled' then return 0 end
if redis.call('HGET', KEYS[1], 'alarm') == ARGV[1] then redis.call('HDEL', KEYS[1], 'alarm', 'alarmAt') end
return 1
