//! What `--help` says at its end: examples, and what does not fit a line.

pub(crate) const EXIT_CODES: &str = "\
Examples:
  boxoffice events
  boxoffice seats dune-2
  boxoffice hold dune-2 --best 2 --together --customer ann
  boxoffice shell

`boxoffice COMMAND --help` has examples of each command; they work on `boxoffice-server demo` as they
stand. Data goes to stdout, messages to stderr.
Exit codes: 0 done, 1 refused, 2 usage, 3 server not reached (of a
batch also: a booked row is different now or gone), 4 not allowed, 5 outcome unknown,
130 interrupted.";

pub(crate) const EVENTS: &str = "\
Examples:
  boxoffice events
  boxoffice events --json | jq -r 'select(.free > 0) | .id'";

pub(crate) const CREATE: &str = r#"Examples:
  boxoffice event create opera --name "La Traviata" --starts '2030-12-24 20:00' \
      --zone Europe/Berlin --section stalls=10x20@45.00 --section floor=500@30.00
  boxoffice event create ballet --name Giselle --starts '2030-12-25 19:30' \
      --zone Europe/Berlin --plan theatre.toml --price stalls=45.00 --price balcony=30.00 \
      --price boxes=60.00
  boxoffice event create carmen --name Carmen --starts '2030-11-02 19:00' --zone Europe/Berlin \
      --sales-from '2030-09-01 10:00' --section stalls=10x20@45.00
  boxoffice event create circus --name Circus --starts '2030-12-26 15:00' \
      --zone Europe/Berlin --section tent=10x20@30.00 --types adult,child \
      --price tent/child=15.00 --venue 'Theresienwiese' --link https://example.org/circus
  boxoffice reserve circus --best 3 --types 'adult 2, child 1' --customer ann
  boxoffice event export dune-2 > dune-2.toml
  boxoffice event create dune-3 --from dune-2.toml

A file for --from:
  name = "Dune: Part Two"
  starts = "2026-12-24 20:00"
  zone = "Europe/Berlin"    # or an offset: 2026-12-24T20:00:00+01:00
  sales_from = "2026-11-01 10:00"      # optional; sales_until, too
  publication = "draft"     # optional; or unlisted
  currency = "EUR"          # optional
  max_per_customer = 6      # optional
  plan = "9f86d0…"          # optional: the digest of a plan, as `plan put` prints it
  types = ["adult", "child"] # optional: the types of tickets
  venue = "Kino am Ring"    # optional; description and link, too

  [[section]]
  name = "stalls"
  rows = "10x20"            # or the seats of each row: [18, 20, 22]
  price = "45.00"
  prices = { child = "20.00" } # optional: of types with another price; "none": not sold

  [[section]]
  name = "floor"
  capacity = 500            # standing
  price = "30.00""#;

pub(crate) const EVENT_SHOW: &str = "\
Example:
  boxoffice event show dune-2";

pub(crate) const EVENT_EXPORT: &str = "\
Example:
  boxoffice event export dune-2 > dune-2.toml";

pub(crate) const UPDATE: &str = "\
Examples:
  boxoffice event update dune-2 --price stalls=49.00 --block stalls:H1-H4,stalls:G1
  boxoffice event update jazz-night --block floor=20  # 20 of the standing places
  boxoffice event update dune-2 --section stalls=9x12 --section box=1x6@60.00
  boxoffice event update dune-2 --sales-until none    # sells until it begins
  boxoffice event update dune-2 --publication unlisted
  boxoffice event update dune-2 --venue 'Kino am Ring' --link https://example.org/dune
  boxoffice event update dune-2 --description none
  version=$(boxoffice event show dune-2 --json | jq .version)
  boxoffice event update dune-2 --max-per-customer none --if-version $version";

pub(crate) const CLOSE: &str = "\
Example:
  boxoffice event close dune-2";

pub(crate) const OPEN: &str = "\
Example:
  boxoffice event open dune-2";

pub(crate) const POSTPONE: &str = "\
Examples:
  boxoffice event postpone dune-2 --starts '2027-05-01 20:00'
  boxoffice event open dune-2    # sells again";

pub(crate) const CANCEL_EVENT: &str = "\
Examples:
  boxoffice event cancel jazz-night
  boxoffice reservations --event jazz-night --status confirmed --output csv > refunds.csv
  boxoffice event open jazz-night      # if it takes place after all";

pub(crate) const DELETE: &str = "\
Example:
  boxoffice event delete casablanca --force    # with its live reservations";

pub(crate) const SEATS: &str = "\
Examples:
  boxoffice seats dune-2
  boxoffice seats dune-2 --section balcony               # one section of many
  boxoffice seats dune-2 --section stalls --rows B-C     # and of it these rows, seat by seat";

pub(crate) const HOLD_USAGE: &str = "\
boxoffice hold EVENT SEATS... [--customer C] [--ttl TIME]
       boxoffice hold EVENT --best N [--section S] [--together] [--customer C]
       boxoffice hold EVENT --standing N [--section S] [--customer C]";

pub(crate) const HOLD: &str = "\
Examples:
  boxoffice hold dune-2 stalls:A1-A4 stalls:B1 --customer ann --ttl 5m
  boxoffice hold dune-2 balcony:C4 balcony:C5 --customer ann
  boxoffice hold dune-2 --best 3 --together --customer ann
  boxoffice hold jazz-night --standing 2 --section floor --customer ann";

pub(crate) const RESERVE_USAGE: &str = "\
boxoffice reserve EVENT SEATS... [--customer C]
       boxoffice reserve EVENT --best N [--section S] [--together] [--customer C]
       boxoffice reserve EVENT --standing N [--section S] [--customer C]";

pub(crate) const RESERVE: &str = "\
Examples:
  boxoffice reserve dune-2 stalls:D1-D4 --customer ann
  boxoffice reserve dune-2 --best 2 --section stalls --customer ann";

pub(crate) const CONFIRM: &str = "\
Examples:
  id=$(boxoffice hold dune-2 stalls:E1 stalls:E2 --customer ann --json | jq -r .id)
  boxoffice confirm dune-2 $id --customer ann --keep stalls:E1
  id=$(boxoffice hold dune-2 stalls:E5 --customer ann --json | jq -r .id)
  boxoffice confirm dune-2 $id --customer ann --reinstate

With --reinstate, a hold that expired less than 24 hours ago is confirmed, too, if all its places are free.
Otherwise it is forfeited for ever: pay back.";

pub(crate) const RELEASE: &str = "\
Examples:
  id=$(boxoffice hold jazz-night --standing 3 --customer bob --json | jq -r .id)
  boxoffice release jazz-night $id --customer bob --keep 2
  boxoffice release jazz-night $id --customer bob";

pub(crate) const EXTEND: &str = "\
Examples:
  id=$(boxoffice hold dune-2 --best 2 --customer ann --json | jq -r .id)
  boxoffice extend dune-2 $id --customer ann --ttl 10m";

pub(crate) const CANCEL: &str = "\
Examples:
  id=$(boxoffice reserve dune-2 stalls:F1 stalls:F2 --customer ann --json | jq -r .id)
  boxoffice cancel dune-2 $id --customer ann --keep stalls:F1
  boxoffice cancel dune-2 $id --customer ann";

pub(crate) const TRANSFER: &str = "\
Examples:
  id=$(boxoffice reserve dune-2 --best 2 --customer ann --json | jq -r .id)
  boxoffice transfer dune-2 $id --customer ann --to bob
  boxoffice transfer dune-2 $id --customer bob --to ann --if-revision 1

The revision, which `show --json` has, counts a reservation's transfers and exchanges. Where many
are repeated, --if-revision keeps a late one from moving the reservation back.";

pub(crate) const EXCHANGE: &str = "\
Examples:
  id=$(boxoffice reserve dune-2 stalls:H10 stalls:H11 --customer ann --json | jq -r .id)
  boxoffice exchange dune-2 $id stalls:H11 stalls:H12 --customer ann
  boxoffice exchange dune-2 $id stalls:H10 --customer ann --if-revision 1 --at-most 90.00

The seats are all that the reservation has from then on; it gets all of them, or stays as it is. Places
that stay keep their price, the others cost what they cost today, and a hold keeps its deadline.";

pub(crate) const ORDER: &str = "\
Examples:
  id=$(boxoffice hold dune-2 --best 2 --customer ann --json | jq -r .id)
  boxoffice order dune-2 $id 2026-000124 --customer ann

The number is the shop's own. It is said once: here, or with --order of hold and reserve. Several
reservations may belong to one order, and `confirm-order` confirms them together.";

pub(crate) const CONFIRM_ORDER: &str = "\
Examples:
  boxoffice hold dune-2 --best 2 --customer ann --order 2026-000125
  boxoffice hold dune-2 --best 1 --customer ann --order 2026-000125
  boxoffice confirm-order dune-2 2026-000125

All holds of the order are confirmed in one step. If one of the order's reservations has expired, or was
released or cancelled, none is.";

pub(crate) const SHOW: &str = "\
Examples:
  id=$(boxoffice reserve dune-2 --best 2 --customer ann --json | jq -r .id)
  boxoffice show dune-2 $id --customer ann
  code=$(boxoffice reserve dune-2 --best 2 --customer bob --json | jq -r .code)
  boxoffice show dune-2 $code";

pub(crate) const FIND: &str = "\
Examples:
  code=$(boxoffice reserve dune-2 --best 2 --customer ann --json | jq -r .code)
  boxoffice find --code $code
  boxoffice find --code $code --event dune-2 --json | jq -r .id
  boxoffice reserve dune-2 --best 2 --customer ann --order 2026-000123
  boxoffice find --order 2026-000123

Codes may be typed in either case, with hyphens, O for 0, and I or L for 1. Two reservations may have
the same one, so all are printed. A code finds a reservation; it gives no right to it.";

pub(crate) const RESERVATIONS: &str = "\
Examples:
  boxoffice reservations --customer ann
  boxoffice reservations --event dune-2 --status held,confirmed --limit 10
  boxoffice reservations --output csv > reservations.csv";

pub(crate) const WATCH: &str = "\
Examples:
  boxoffice watch dune-2
  boxoffice watch dune-2 --json | jq --unbuffered -c .places";

pub(crate) const STATS: &str = "\
Examples:
  boxoffice stats
  boxoffice stats --json | jq .connections";

pub(crate) const PING: &str = "\
Example:
  boxoffice ping --timeout 5s && echo it is up";

pub(crate) const BACKUP: &str = "\
Examples:
  boxoffice backup friday
  boxoffice backup $(date +%F) --timeout 1h --json | jq .bytes

The server has to be started with --backup-dir FOLDER, and goes on serving meanwhile. What was
acknowledged before is in the backup. To go on from it: boxoffice-server --data FOLDER/NAME, or
rather a copy of that folder. A backup that was begun is made although this command is
interrupted.";

pub(crate) const BATCH: &str = r#"Examples:
  printf 'event,customer,best\njazz-night,Cleo,2\ndune-2,Dora,1\n' > orders.csv
  boxoffice batch orders.csv
  boxoffice batch orders.csv --encoding windows-1252    # again, which books nothing twice
  printf 'event,customer,best\ndune-2,Eve,1\n' | boxoffice batch -

A CSV file (the same names are the keys of a JSONL file):
  event,customer,seats,best,together,standing,section,action
  dune-2,Ann,A1-A4,,,,,reserve
  dune-2,Bob,,3,yes,,stalls,hold
  concert,"Brown, Eve",,,,2,floor,

Spreadsheets write it too: with commas, semicolons or tabs, in UTF-8, or in UTF-16 with its mark;
other columns are ignored and named. How it was read is said if it was not plain.

It can be killed at any moment: the same command again sends only what has no outcome yet, and
books no row twice. So does a corrected FILE of the same name: rows are known by their id, else by
order and line, else by all that they say. Booked rows that are different now or gone are listed,
stay as they are, and end it with 3. A server that is killed, restarts, or is out of space meanwhile is waited for:
each row is tried for --timeout (30s, unless it is given). It ends with 1 if a row was refused or
bad; the results say which and why."#;

pub(crate) const BENCH: &str = "\
Examples:
  boxoffice bench --list
  boxoffice bench standing --connections 20 --pipeline 16 --duration 2s
  boxoffice bench browse=9,holds=1 --rate 200 --duration 2s --report run.html
  boxoffice bench standing --duration 1s --json > before.json
  boxoffice bench standing --duration 1s --json > after.json
  boxoffice bench compare before.json after.json

A run creates events of its own and deletes them at its end. It ends with 1 if the server was not
right: what is wrong comes with the shortest history that shows it. It also ends with 1 if --rate
was not kept.";

pub(crate) const BENCH_COMPARE: &str = "\
Examples:
  boxoffice bench compare before.json after.json";

pub(crate) const PLAN_CHECK: &str = "\
Examples:
  boxoffice plan check theatre.toml
  boxoffice plan check theatre.toml --json | jq -r .digest

A small plan:
  name = \"Town hall\"
  [[section]]
  name = \"stalls\"
  rows = \"A..H J..N\"               # no row I
  seats = \"19..1/2 | 2..20/2\"      # odd, an aisle, even

docs/plans.md has the rest.";

pub(crate) const PLAN_SHOW: &str = "\
Examples:
  boxoffice plan show theatre.toml
  boxoffice plan show arena.toml --section 104";

pub(crate) const PLAN_PUT: &str = "\
Examples:
  boxoffice plan put theatre.toml
  boxoffice plan put theatre.toml --json | jq -r .digest

The digest names the plan. A plan that no event uses is forgotten after a day; to put the same again
changes nothing.";

pub(crate) const PLAN_GET: &str = "\
Examples:
  boxoffice plan get $(boxoffice plan put theatre.toml) --out copy.toml";

pub(crate) const PLAN_IMPORT: &str = "\
Examples:
  boxoffice plan export theatre.toml --format pretix --out hall.json
  boxoffice plan import hall.json --format pretix --out plan.toml

What is called otherwise than in the other program is told. What a plan has no word for stays in it,
and is written again by `plan export --format pretix`.";

pub(crate) const PLAN_EXPORT: &str = "\
Examples:
  boxoffice plan export plan.toml --format pretix --out hall.json
  boxoffice plan export plan.toml --format svg --out hall.svg

What the other program cannot say is told.";

pub(crate) const SHELL: &str = "\
Examples:
  boxoffice shell --customer ann
  printf 'events\\nseats dune-2\\n' > commands.txt
  boxoffice shell < commands.txt    # a script: goes on after errors, ends as the worst of them

The prompt counts the first hold down. Tab completes commands, events, free seats and your
reservations.";

pub(crate) const CONTEXT: &str = "\
Examples:
  boxoffice context add here --server localhost
  boxoffice context list
  boxoffice context use --none

A context is a server, its authority, the file of a token and a customer. The one in use counts for
every command that does not name another server. Contexts are in contexts.toml in the user's folder
of settings (~/.config/boxoffice), which has no secret: the token stays in its own file.";

pub(crate) const CONTEXT_ADD: &str = "\
Examples:
  boxoffice context add here --server localhost --customer ann
  (umask 077; boxoffice-server token create shop --role agent --no-file | sed -n 1p > shop.token)
  boxoffice context add shop --server tickets.example.org --tls --token-file shop.token";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  eval \"$(boxoffice completions bash)\"                # in ~/.bashrc
  boxoffice completions zsh > _boxoffice              # in a folder of $fpath
  boxoffice completions fish > boxoffice.fish         # in ~/.config/fish/completions

Events, free seats and reservations are those of the server that the line names, or of the context.";

pub(crate) const INSECURE: &str = "\
warning: --insecure does not check that this is the right server: a machine in between can \
read and change everything, the token too";

pub(crate) const NO_TLS_BENCH: &str = "\
bench speaks no TLS: what it measures would be its own encryption as much as the server. Put it \
to a server that was started without --tls-cert";
