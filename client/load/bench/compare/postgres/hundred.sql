\set customer random(1, 100000000)
SELECT reserve_hundred(:events, :customer);
