-- A standing reservation as a web shop writes it: a counter of free places, and a hash for each
-- reservation. KEYS: counter, reservation. ARGV: customer, expiry.
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
if free <= 0 then
  return -1
end
redis.call('DECR', KEYS[1])
redis.call('HSET', KEYS[2], 'event', KEYS[1], 'customer', ARGV[1], 'status', 'held', 'expires', ARGV[2])
return free - 1
