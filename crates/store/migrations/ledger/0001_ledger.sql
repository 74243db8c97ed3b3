-- What a detector knows. Everything but the indexes and the folded accounts is written once, with its batch.

-- Single values by name: pinned rules, progress of the work behind the cursor.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- One row a settled batch; the newest row is the cursor. Totals are running sums up to and with this batch.
CREATE TABLE batches (
    number              INTEGER PRIMARY KEY NOT NULL,
    id                  TEXT    NOT NULL,
    parent              TEXT    NOT NULL,
    height              INTEGER NOT NULL,
    block_time_ms       INTEGER NOT NULL,
    seen_ms             INTEGER NOT NULL,
    verified_ms         INTEGER NOT NULL,
    items               INTEGER NOT NULL,
    rejected            INTEGER NOT NULL,
    total_items         INTEGER NOT NULL,
    total_rejected      INTEGER NOT NULL,
    total_undecidable   INTEGER NOT NULL,
    total_not_checkable INTEGER NOT NULL,
    state_root          BLOB    NOT NULL,
    carry               BLOB    NOT NULL,
    header              BLOB    NOT NULL
);

-- The large parts of a batch, apart from the rows that lists read.
CREATE TABLE bodies (
    number   INTEGER PRIMARY KEY NOT NULL,
    body     BLOB NOT NULL,
    verdicts BLOB NOT NULL,
    changes  BLOB NOT NULL,
    entries  BLOB NOT NULL
);

-- Accounts as of batch meta.folded; younger changes are in bodies.changes.
CREATE TABLE accounts (
    id    BLOB PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE tokens (
    tag   TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- Fingerprints that took effect.
CREATE TABLE mints (
    fingerprint TEXT PRIMARY KEY NOT NULL,
    batch       INTEGER NOT NULL
) WITHOUT ROWID;

-- What the oracle found for the mint at this place, with its evidence, so that a replay needs no old chain.
CREATE TABLE findings (
    batch_id TEXT    NOT NULL,
    item     INTEGER NOT NULL,
    finding  TEXT    NOT NULL,
    PRIMARY KEY (batch_id, item)
) WITHOUT ROWID;

CREATE TABLE alerts (
    key          TEXT PRIMARY KEY NOT NULL,
    closed       INTEGER NOT NULL,
    acknowledged INTEGER NOT NULL,
    raised_ms    INTEGER NOT NULL,
    body         TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE notified (
    key TEXT PRIMARY KEY NOT NULL
) WITHOUT ROWID;

-- Filled in bulk behind the cursor, up to and with batch meta.indexed. Keys are the first eight bytes of a hash.
CREATE TABLE transaction_index (
    hash  INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    item  INTEGER NOT NULL,
    PRIMARY KEY (hash, batch, item)
) WITHOUT ROWID;

CREATE TABLE account_index (
    account INTEGER NOT NULL,
    batch   INTEGER NOT NULL,
    item    INTEGER NOT NULL,
    PRIMARY KEY (account, batch, item)
) WITHOUT ROWID;
