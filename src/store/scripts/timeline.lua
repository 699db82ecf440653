-- Adds one line to the timeline of a record. The same event with the same verdict in a row is counted,
-- not repeated: a checkout may send dozens of updates, and the timeline stays readable and bounded.
--   t<n>   JSON of line n        t<n>x  how often it was seen in a row        t<n>l  when last (epoch ms)
--   tn     number of lines       tk     kind of the last line                 td     lines dropped over the bound
local MOST_LINES = 300

local function add(fields, name, value)
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end

-- What a line changes of the record: counts are counted at once, the rest is added to the fields that the caller sets.
-- n, last   tn and tk, as read
local function add_line(fields, record, n, last, kind, line, at)
  n = tonumber(n or '0')
  if n > 0 and last == kind then
    redis.call('HINCRBY', record, 't' .. n .. 'x', 1)
    add(fields, 't' .. n .. 'l', at)
  elseif n >= MOST_LINES then
    redis.call('HINCRBY', record, 'td', 1)
  else
    add(fields, 'tn', n + 1)
    add(fields, 'tk', kind)
    add(fields, 't' .. (n + 1), line)
  end
end

local function append_line(record, kind, line, at)
  if kind == '' then return end
  local last = redis.call('HMGET', record, 'tn', 'tk')
  local fields = {}
  add_line(fields, record, last[1], last[2], kind, line, at)
  if #fields > 0 then redis.call('HSET', record, unpack(fields)) end
end
