-- Appends one line to the timeline of a record. The same event with the same verdict in a row is counted,
-- not repeated: a checkout may send dozens of updates, and the timeline stays readable and bounded.
--   t<n>   JSON of line n        t<n>x  how often it was seen in a row        t<n>l  when last (epoch ms)
--   tn     number of lines       tk     kind of the last line                 td     lines dropped over the bound
local MOST_LINES = 300
local function append_line(record, kind, line, at)
  if kind == '' then return end
  local last = redis.call('HMGET', record, 'tn', 'tk')
  local n = tonumber(last[1] or '0')
  if n > 0 and last[2] == kind then
    redis.call('HINCRBY', record, 't' .. n .. 'x', 1)
    redis.call('HSET', record, 't' .. n .. 'l', at)
  elseif n >= MOST_LINES then
    redis.call('HINCRBY', record, 'td', 1)
  else
    redis.call('HSET', record, 'tn', n + 1, 'tk', kind, 't' .. (n + 1), line)
  end
end
