-- A log is a stream of batches, the id of an entry being `<first version>-0`, and a key with its end.
-- Fields of an entry: `h`, a head (see entry.rs), and `b`, the body. Each function is atomic, and what
-- it writes reaches the append-only file and the replicas as one transaction.

local AHEAD_MS = 1000
local LOOKED_AT = 100
local TRIMMED_AT_ONCE = 10000

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function id(version)
  return string.format('%.0f-0', version)
end

local function first(entry)
  return tonumber(string.match(entry[1], '^%d+'))
end

local function head(entry)
  return entry[2][2]
end

local function last(entry)
  return (struct.unpack('>I8', head(entry)))
end

-- The entry that begins at this version or is the nearest before it.
local function at_or_before(log, version)
  return redis.call('XREVRANGE', log, id(version), '-', 'COUNT', 1)[1]
end

-- Adds entries behind `start` to those taken, until there are so many, or so many bytes of bodies.
-- Returns whether these are all.
local function take(taken, log, start, limit, bytes)
  local largest = bytes
  while #taken < limit and bytes > 0 do
    local count = math.max(1, math.min(limit - #taken, 64, math.floor(bytes / largest)))
    local page = redis.call('XRANGE', log, start, '+', 'COUNT', count)
    largest = 1
    for _, entry in ipairs(page) do
      table.insert(taken, entry)
      start = '(' .. entry[1]
      bytes = bytes - #entry[2][4]
      largest = math.max(largest, #entry[2][4])
    end
    if #page < count then
      return true
    end
  end
  return false
end

-- Keys: batches, end, names of logs. Arguments: the log's name, the end that it has to have, the one
-- that it gets, the first version, the time, head and body, whether an empty log may begin with it,
-- and how many bytes an answer may have.
-- Returns `OK`, or what the log has from the predecessor's place on: the time, the end, whether these
-- entries are all, and the entries.
local function append(keys, args)
  local log, tail = keys[1], keys[2]
  local name, expected, following, version, at_ms, head_, body, begins, bytes = unpack(args)
  local found = redis.call('GET', tail) or ''
  local follows = found == expected or begins == '1' and found == ''
  local now = now_ms()
  if follows and tonumber(at_ms) <= now + AHEAD_MS then
    -- What can fail comes first: an error means that the log is as it was.
    if found == '' then
      redis.call('ZADD', keys[3], 0, name)
    end
    redis.call('XADD', log, version .. '-0', 'h', head_, 'b', body)
    redis.call('SET', tail, following)
    return redis.status_reply('OK')
  end
  local taken = {}
  local before = version ~= '1' and at_or_before(log, tonumber(version) - 1)
  if before then
    table.insert(taken, before)
  end
  local is_all = take(taken, log, version .. '-0', LOOKED_AT, tonumber(bytes))
  for _, entry in ipairs(taken) do
    if entry[1] == version .. '-0' and head(entry) == head_ then
      -- It is written once more, so that its sender can wait for replicas that may lack it.
      redis.call('SET', tail, found)
    end
  end
  return { now, found, is_all and 1 or 0, taken }
end

-- Keys: batches. Arguments: the first version that is wanted, how many batches, how many bytes.
local function read(keys, args)
  local version = tonumber(args[1])
  local from = at_or_before(keys[1], version)
  local start = '-'
  if from then
    start = (last(from) < version and '(' or '') .. from[1]
  end
  local taken = {}
  take(taken, keys[1], start, tonumber(args[2]), tonumber(args[3]))
  return taken
end

-- Whether the log ended so once: the batch is there, or the next one names it.
local function had(log, version, batch)
  local its = at_or_before(log, version)
  if its and last(its) == version and string.sub(head(its), 9, 24) == batch then
    return true
  end
  local following = redis.call('XRANGE', log, id(version + 1), id(version + 1))[1]
  return following ~= nil and string.sub(head(following), 33, 49) == '\1' .. batch
end

-- Keys: batches, snapshot. Arguments: version and id of the batch at its end, summary, body, checksum.
-- Returns whether it was kept.
local function put_snapshot(keys, args)
  local version, batch, summary, body, checksum = unpack(args)
  local kept = redis.call('HGET', keys[2], 'version')
  if kept and tonumber(kept) >= tonumber(version) or not had(keys[1], tonumber(version), batch) then
    return 0
  end
  redis.call('HSET', keys[2], 'version', version, 'batch', batch, 'summary', summary,
    'body', body, 'checksum', checksum)
  return 1
end

-- Keys: batches, snapshot. Argument: the last version to be removed.
-- Returns whether there may be more to remove: the engine does nothing else meanwhile.
local function trim(keys, args)
  local log = keys[1]
  local kept = redis.call('HMGET', keys[2], 'version', 'batch')
  local oldest = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
  if not kept[1] or not oldest or not had(log, tonumber(kept[1]), kept[2]) then
    return 0
  end
  local beyond = math.min(tonumber(args[1]), tonumber(kept[1])) + 1
  local step = math.max(last(oldest) + 1, first(oldest) + TRIMMED_AT_ONCE)
  -- The newest batch stays: none begins behind it.
  local stays = at_or_before(log, math.min(beyond, step))
  if not stays or stays[1] == oldest[1] then
    return 0
  end
  redis.call('XTRIM', log, 'MINID', '=', stays[1])
  return step < beyond and 1 or 0
end

-- Leases are fields of one key: { end in ms, holder, body }. Those that have ended are removed when
-- one is taken.
local function live_leases(key, now, ended)
  local live, all = {}, redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local until_ms, holder, body = unpack(cmsgpack.unpack(all[i + 1]))
    if until_ms > now then
      live[all[i]] = { all[i], holder, body, until_ms }
    elseif ended then
      table.insert(ended, all[i])
    end
  end
  return live
end

-- Keys: leases. Arguments: name, holder, body, milliseconds.
-- Returns the end of the lease, or the one of another holder.
local function lease(keys, args)
  local name, holder, body, time_ms = unpack(args)
  local now, ended = now_ms(), {}
  local held = live_leases(keys[1], now, ended)[name]
  if held and held[2] ~= holder then
    return held
  end
  for _, gone in ipairs(ended) do
    redis.call('HDEL', keys[1], gone)
  end
  local until_ms = now + tonumber(time_ms)
  redis.call('HSET', keys[1], name, cmsgpack.pack({ until_ms, holder, body }))
  return until_ms
end

-- Keys: leases. Arguments: name, holder.
local function release(keys, args)
  local held = redis.call('HGET', keys[1], args[1])
  if held and cmsgpack.unpack(held)[2] == args[2] then
    redis.call('HDEL', keys[1], args[1])
  end
  return 1
end

-- Keys: leases.
local function leases(keys)
  local live = {}
  for _, held in pairs(live_leases(keys[1], now_ms())) do
    table.insert(live, held)
  end
  return live
end

local function register(name, callback, flags)
  redis.register_function({ function_name = 'LIBRARY_' .. name, callback = callback, flags = flags })
end

register('append', append, {})
register('read', read, { 'no-writes' })
register('put_snapshot', put_snapshot, {})
-- It makes room, so it runs where there is none.
register('trim', trim, { 'allow-oom' })
register('lease', lease, {})
register('release', release, { 'allow-oom' })
register('leases', leases, { 'no-writes' })
