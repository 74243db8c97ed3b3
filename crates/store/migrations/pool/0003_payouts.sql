-- What the vaults paid for burns, and up to which block of their chains that is known. Hashes are blobs of 32 bytes.

-- One row a chain. identity is what decides how its blocks are read; under another one nothing here would hold.
CREATE TABLE chain (
    name     TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    next     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Hashes of some blocks below chain.next: what was read rests on them.
CREATE TABLE checkpoint (
    chain  TEXT NOT NULL REFERENCES chain (name),
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    PRIMARY KEY (chain, number)
) STRICT, WITHOUT ROWID;

-- The transaction that paid a burn. settled: so deep that it is told.
CREATE TABLE payout (
    ever_hash BLOB PRIMARY KEY,
    chain     TEXT NOT NULL REFERENCES chain (name),
    tx        BLOB NOT NULL,
    block     INTEGER NOT NULL,
    settled   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX payout_by_block ON payout (chain, block);
CREATE INDEX payout_unsettled ON payout (chain, block) WHERE settled = 0;
