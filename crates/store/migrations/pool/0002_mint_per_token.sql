-- A deposit mints once per token: a transaction of a source chain may pay in several.
CREATE TABLE mint_per_token (
    token_tag   TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    raw_id      INTEGER NOT NULL,
    PRIMARY KEY (token_tag, fingerprint)
) STRICT, WITHOUT ROWID;
INSERT INTO mint_per_token (token_tag, fingerprint, raw_id)
    SELECT i.token_tag, m.fingerprint, m.raw_id FROM mint m JOIN item i ON i.raw_id = m.raw_id;
DROP TABLE mint;
ALTER TABLE mint_per_token RENAME TO mint;
CREATE INDEX mint_by_fingerprint ON mint (fingerprint, raw_id);

-- The state root's format changed with it (docs/state-root.md): roots of the older one are unknown now. 32 zero bytes, which
-- no ledger has as its root, say so; the head's is computed at the next start.
UPDATE head SET state_root = zeroblob(32);
UPDATE mark SET state_root = zeroblob(32);
