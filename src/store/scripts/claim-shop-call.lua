-- Makes a call the recovery's, unless the shop has had as many as it may in 24 hours.
-- KEYS  1 the shop's calls (sorted set by time)
-- ARGV  1 recovery id   2 now   3 calls per day ('' as many as come)
-- Returns '' when it may be placed, else when the next one may be.
local DAY = 24 * 60 * 60 * 1000
local now = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - DAY)
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return '' end
local most = tonumber(ARGV[3])
if most and redis.call('ZCARD', KEYS[1]) >= most then
  -- With as many as are allowed, the oldest of them must leave the window. Fewer may be allowed than there are.
  local place = redis.call('ZCARD', KEYS[1]) - most
  local oldest = redis.call('ZRANGE', KEYS[1], place, place, 'WITHSCORES')
  return string.format('%.0f', tonumber(oldest[2]) + DAY)
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], DAY)
return ''
