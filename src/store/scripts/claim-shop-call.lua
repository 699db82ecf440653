-- Makes a call the recovery's, unless the shop has had as many as it may in 24 hours.
-- KEYS  1 the shop's calls (sorted set by time)
-- ARGV  1 recovery id   2 now   3 calls per day
-- Returns '' when it may be placed, else when the next one may be.
local DAY = 24 * 60 * 60 * 1000
local now = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - DAY)
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return '' end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  -- With as many as are allowed, the oldest of them must leave the window. Fewer may be allowed than there are.
  local place = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[3])
  local oldest = redis.call('ZRANGE', KEYS[1], place, place, 'WITHSCORES')
  return string.format('%.0f', tonumber(oldest[2]) + DAY)
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], DAY)
return ''
