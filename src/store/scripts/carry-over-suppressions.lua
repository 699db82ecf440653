-- Renames contacts on the do-not-call list. Where a contact stands under both names, the older entry counts.
-- KEYS  1 list: digest → facts   2 its order     ARGV  per contact: old digest, new digest
-- Returns how many were renamed.
local function place_of(facts, digest) return (string.match(facts, '^%d+') or '') .. ':' .. digest end

local renamed = 0
for i = 1, #ARGV, 2 do
  local old, new = ARGV[i], ARGV[i + 1]
  local facts, known = unpack(redis.call('HMGET', KEYS[1], old, new))
  if facts then
    redis.call('HDEL', KEYS[1], old)
    redis.call('ZREM', KEYS[2], place_of(facts, old))
    if not known or facts < known then
      if known then redis.call('ZREM', KEYS[2], place_of(known, new)) end
      redis.call('HSET', KEYS[1], new, facts)
      redis.call('ZADD', KEYS[2], 0, place_of(facts, new))
    end
    renamed = renamed + 1
  end
end
return renamed
