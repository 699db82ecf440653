-- Adds a line to a record's timeline and changes nothing else, so that a writer's revision stays good.
-- KEYS  1 record     ARGV  1 now   2 kind   3 JSON of the line
-- Returns 1, or 0 when there is no record.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
append_line(KEYS[1], ARGV[2], ARGV[3], ARGV[1])
return 1
