-- What the watchers of lock contracts know: what came into each vault, and up to which block that is known.
-- Hashes are blobs of 32 bytes, amounts are 32 bytes, big endian.

-- One row a chain. identity is what decides how its blocks are read; under another one nothing here would hold.
CREATE TABLE chain (
    name     TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    next     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Hashes of some blocks below chain.next, the newest ones: what was read rests on them.
CREATE TABLE checkpoint (
    chain  TEXT NOT NULL REFERENCES chain (name),
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    PRIMARY KEY (chain, number)
) STRICT, WITHOUT ROWID;

-- What came in, one row a transaction and token, in the order in which it was found. Numbers are never used again.
-- dropped: its block is no longer in the chain. mint: 0 none, 1 posted, 2 minted, 3 refused.
CREATE TABLE deposit (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    chain      TEXT NOT NULL REFERENCES chain (name),
    tx         BLOB NOT NULL,
    token_id   TEXT NOT NULL,
    sender     TEXT NOT NULL,
    account    TEXT,
    amount     BLOB NOT NULL,
    stranded   TEXT,
    block      INTEGER NOT NULL,
    block_hash BLOB NOT NULL,
    time_ms    INTEGER NOT NULL,
    dropped    INTEGER NOT NULL DEFAULT 0,
    mint       INTEGER NOT NULL DEFAULT 0,
    ever_hash  BLOB,
    code       TEXT,
    UNIQUE (chain, tx, token_id)
) STRICT;
CREATE INDEX deposit_by_chain ON deposit (chain, id);
CREATE INDEX deposit_by_account ON deposit (chain, account, id);
CREATE INDEX deposit_by_block ON deposit (chain, block);
CREATE INDEX deposit_stranded ON deposit (chain, id) WHERE stranded IS NOT NULL;
CREATE INDEX deposit_unminted ON deposit (chain, id) WHERE mint = 0 AND stranded IS NULL AND dropped = 0;
