-- Deposits mint once per token (state root format 2), and what vaults owe is kept.
--
-- Roots of the older format mean nothing under this one: everything that follows from batches is dropped and replayed from
-- Arweave. What stays: pinned rules, what people marked or were told, and what source chains said about deposits.
DELETE FROM batches;
DELETE FROM bodies;
DELETE FROM accounts;
DELETE FROM tokens;
DELETE FROM transaction_index;
DELETE FROM account_index;
DELETE FROM meta WHERE name IN ('folded', 'indexed');

-- Mints that took effect: a deposit mints once per token.
DROP TABLE mints;
CREATE TABLE mints (
    tag         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    ever_hash   TEXT NOT NULL,
    batch       INTEGER NOT NULL,
    PRIMARY KEY (tag, fingerprint)
) WITHOUT ROWID;

-- Burns that took effect: debts until they are paid. Ids grow with age order; amounts are decimal in the ledger's base units.
CREATE TABLE burns (
    id          INTEGER PRIMARY KEY NOT NULL,
    ever_hash   TEXT    NOT NULL,
    batch       INTEGER NOT NULL,
    batch_id    TEXT    NOT NULL,
    time_ms     INTEGER NOT NULL,
    tag         TEXT    NOT NULL,
    chain       TEXT    NOT NULL,
    sender      TEXT    NOT NULL,
    recipient   TEXT    NOT NULL,
    amount      TEXT    NOT NULL,
    fee         TEXT    NOT NULL,
    -- Height of the block at which its chain was seen to have paid it.
    paid_height INTEGER
);
CREATE INDEX burns_by_sender ON burns (sender, id);
CREATE INDEX burns_by_chain ON burns (chain, paid_height, id);

-- Verified mints whose deposits their chains may still take back; gone when the chain calls them final.
CREATE TABLE credits (
    ever_hash TEXT PRIMARY KEY NOT NULL,
    chain     TEXT    NOT NULL,
    evidence  TEXT    NOT NULL,
    undone    INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX credits_by_chain ON credits (chain, ever_hash);

-- Vaults that are to pay nothing until a person armed them again.
CREATE TABLE halts (
    chain      TEXT    NOT NULL,
    alert_key  TEXT    NOT NULL,
    code       TEXT    NOT NULL,
    since_ms   INTEGER NOT NULL,
    rearmed_ms INTEGER,
    PRIMARY KEY (chain, alert_key)
) WITHOUT ROWID;
