// What the lists of the page are as tables. Pure.

import type { AlertRow, BurnRow, DepositRow, TransactionRow } from '$lib/api';
import { csvAmount, csvTime, toCsv } from './csv';

export function transactionsCsv(rows: readonly TransactionRow[]): string {
  return toCsv(
    [
      'ever_hash',
      'action',
      'from',
      'to',
      'amount',
      'symbol',
      'tag',
      'verdict',
      'code',
      'batch',
      'item',
      'block_time',
      'confirmed',
    ],
    rows.map((row) => [
      row.everHash,
      row.action,
      row.from,
      row.to,
      csvAmount(row.amount, row.decimals),
      row.symbol,
      row.tag,
      row.verdict,
      row.code,
      row.batch,
      row.item,
      csvTime(row.blockTimeMs),
      row.confirmed,
    ]),
  );
}

export function burnsCsv(rows: readonly BurnRow[]): string {
  return toCsv(
    [
      'ever_hash',
      'from',
      'to',
      'chain',
      'amount',
      'fee',
      'symbol',
      'tag',
      'state',
      'batch',
      'batch_time',
      'settled',
    ],
    rows.map((row) => [
      row.everHash,
      row.from,
      row.to,
      row.chain,
      csvAmount(row.amount, row.decimals),
      csvAmount(row.fee, row.decimals),
      row.symbol,
      row.tag,
      row.state,
      row.batch,
      csvTime(row.timeMs),
      row.settled,
    ]),
  );
}

export function depositsCsv(rows: readonly DepositRow[]): string {
  return toCsv(
    [
      'chain',
      'transaction',
      'token_id',
      'symbol',
      'tag',
      'account',
      'sender',
      'amount',
      'raw_amount',
      'block',
      'block_hash',
      'block_time',
      'confirmations',
      'needed',
      'state',
      'code',
      'mint_ever_hash',
      'mint_batch',
    ],
    rows.map((row) => [
      row.chain,
      row.tx,
      row.tokenId,
      row.symbol,
      row.tag,
      row.account,
      row.sender,
      csvAmount(row.amount, row.decimals),
      row.rawAmount,
      row.block,
      row.blockHash,
      csvTime(row.timeMs),
      row.confirmations,
      row.needed,
      row.state,
      row.code,
      row.mint?.everHash ?? null,
      row.mint?.batch ?? null,
    ]),
  );
}

export function alertsCsv(rows: readonly AlertRow[]): string {
  return toCsv(
    [
      'key',
      'rule',
      'severity',
      'code',
      'raised',
      'closed',
      'acknowledged',
      'provisional',
      'ever_hash',
      'batch',
      'item',
      'batch_id',
      'facts',
    ],
    rows.map((row) => [
      row.key,
      row.rule,
      row.severity,
      row.code,
      csvTime(row.raisedMs),
      row.closed,
      row.acknowledged,
      row.provisional,
      row.everHash,
      row.batch,
      row.item,
      row.batchId,
      row.params.map(({ name, value }) => `${name}=${value}`).join('; '),
    ]),
  );
}
