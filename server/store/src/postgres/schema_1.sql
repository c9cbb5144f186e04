-- A batch's key outlives its body (see `TRIM`): a slow append must not find it free again.
CREATE TABLE boxoffice_batch (
    log text COLLATE "C" NOT NULL,
    first_version bigint NOT NULL,
    last_version bigint NOT NULL,
    id bytea NOT NULL,
    predecessor bytea,
    at_ms bigint NOT NULL,
    body bytea,
    checksum bigint NOT NULL,
    trimmed_at timestamptz,
    PRIMARY KEY (log, first_version)
);
CREATE TABLE boxoffice_snapshot (
    log text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    batch bytea NOT NULL,
    summary bytea NOT NULL,
    body bytea NOT NULL,
    checksum bigint NOT NULL
);
CREATE TABLE boxoffice_lease (
    name text PRIMARY KEY,
    holder text NOT NULL,
    body bytea NOT NULL,
    until_ms bigint NOT NULL
);
