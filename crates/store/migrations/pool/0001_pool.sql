-- The coordinator's pool: what it acknowledged, what state follows from it, and how it is being put on Arweave.
-- Raw ids run from 1 without a gap, in the order of acceptance. Hashes, ids and roots are blobs of 32 bytes.

-- Which ledger this is; written once, at the first start.
CREATE TABLE identity (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    owner TEXT NOT NULL,
    rules TEXT NOT NULL
) STRICT;

-- Where the ledger stands: written in the transaction that appends.
CREATE TABLE head (
    only       INTEGER PRIMARY KEY CHECK (only = 1),
    raw_id     INTEGER NOT NULL,
    state_root BLOB NOT NULL
) STRICT;

-- Everything acknowledged.
CREATE TABLE item (
    raw_id      INTEGER PRIMARY KEY,
    ever_hash   BLOB NOT NULL,
    tx_data     BLOB NOT NULL,
    token_tag   TEXT NOT NULL,
    action      TEXT NOT NULL,
    accepted_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX item_by_ever_hash ON item (ever_hash);
CREATE INDEX item_by_token ON item (token_tag, raw_id);
CREATE INDEX item_by_action ON item (action, raw_id);

-- In whose history an item is listed.
CREATE TABLE history (
    account TEXT NOT NULL,
    raw_id  INTEGER NOT NULL,
    PRIMARY KEY (account, raw_id)
) STRICT, WITHOUT ROWID;

-- The state after the head: account bodies are the ledger's own encoding, which names tokens by their place.
-- A supply is 32 bytes, big endian.
CREATE TABLE account (
    id   TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE token (
    tag      TEXT PRIMARY KEY,
    place    INTEGER NOT NULL,
    chain_id TEXT NOT NULL,
    supply   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE mint (
    fingerprint TEXT PRIMARY KEY,
    raw_id      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A mark closes a batch: its items are those after the mark before it, up to last_raw_id.
-- The last five columns are filled when the batch is confirmed.
CREATE TABLE mark (
    seq            INTEGER PRIMARY KEY,
    last_raw_id    INTEGER NOT NULL UNIQUE,
    ever_hash      BLOB NOT NULL,
    state_root     BLOB NOT NULL,
    marked_ms      INTEGER NOT NULL,
    batch_id       BLOB,
    height         INTEGER,
    block_ms       INTEGER,
    root_hash      BLOB,
    ever_root_hash BLOB
) STRICT;

-- Signed batches, written before they are posted. The body is dropped when the batch is settled.
-- position orders the chain; state: 0 live, 1 confirmed, 2 replaced by a sibling.
CREATE TABLE seal (
    position      INTEGER PRIMARY KEY,
    mark          INTEGER NOT NULL REFERENCES mark (seq),
    foreign_owner INTEGER NOT NULL,
    batch_id      BLOB NOT NULL UNIQUE,
    parent        BLOB,
    header        TEXT NOT NULL,
    body          BLOB,
    last_item     BLOB NOT NULL,
    anchor_height INTEGER NOT NULL,
    state         INTEGER NOT NULL
) STRICT;
CREATE INDEX seal_by_mark ON seal (mark, position);
CREATE INDEX seal_by_state ON seal (state, position);
