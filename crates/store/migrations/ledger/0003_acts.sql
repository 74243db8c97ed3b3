-- What vaults did that only a burn justifies, and up to which block of their chains that is known. Hashes are blobs of 32
-- bytes, accounts of 20.

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

-- Who owned a vault at any time, and since which block that is known.
CREATE TABLE owner (
    chain   TEXT NOT NULL REFERENCES chain (name) ON DELETE CASCADE,
    account BLOB NOT NULL,
    block   INTEGER NOT NULL,
    PRIMARY KEY (chain, account)
) STRICT, WITHOUT ROWID;

-- Payouts (kind 0) and signatures (kind 1). block and what follows are null for a signature that was brought here. What
-- payload is belongs to the detector. state: 0 open, 1 justified, 2 not, 3 not as long as its burn is unknown. Justified
-- signatures are not kept.
CREATE TABLE act (
    id         INTEGER PRIMARY KEY,
    chain      TEXT NOT NULL REFERENCES chain (name),
    kind       INTEGER NOT NULL,
    block      INTEGER,
    place      INTEGER,
    block_hash BLOB,
    tx         BLOB,
    signer     BLOB,
    ever_hash  TEXT NOT NULL,
    payload    BLOB NOT NULL,
    signature  BLOB,
    seen_ms    INTEGER NOT NULL,
    state      INTEGER NOT NULL DEFAULT 0,
    alert_key  TEXT
) STRICT;
CREATE UNIQUE INDEX act_by_place ON act (chain, block, place);
CREATE INDEX act_by_burn ON act (chain, ever_hash);
CREATE INDEX act_by_state ON act (chain, state, id) WHERE state <> 1;
CREATE INDEX act_by_alert ON act (alert_key) WHERE alert_key IS NOT NULL;

CREATE INDEX burns_by_hash ON burns (ever_hash);

-- Who armed a vault again, and why.
ALTER TABLE halts ADD COLUMN rearmed_by TEXT;
ALTER TABLE halts ADD COLUMN rearmed_why TEXT;
