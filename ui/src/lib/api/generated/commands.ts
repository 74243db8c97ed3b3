// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { AccountRequest } from "./AccountRequest";
import type { AccountView } from "./AccountView";
import type { AlertDetail } from "./AlertDetail";
import type { AlertList } from "./AlertList";
import type { AlertRequest } from "./AlertRequest";
import type { BatchPage } from "./BatchPage";
import type { HashRequest } from "./HashRequest";
import type { LastHour } from "./LastHour";
import type { NetworkView } from "./NetworkView";
import type { Nothing } from "./Nothing";
import type { PageRequest } from "./PageRequest";
import type { RecentAccounts } from "./RecentAccounts";
import type { SearchReply } from "./SearchReply";
import type { SearchRequest } from "./SearchRequest";
import type { Status } from "./Status";
import type { TransactionDetail } from "./TransactionDetail";
import type { TransactionPage } from "./TransactionPage";
import type { TransactionsRequest } from "./TransactionsRequest";

/** Every command of the core: what it is asked with and what it answers. */
export interface CommandMap {
  status: { request: Nothing; reply: Status };
  network: { request: Nothing; reply: NetworkView };
  lastHour: { request: Nothing; reply: LastHour };
  balances: { request: AccountRequest; reply: AccountView };
  recentAccounts: { request: PageRequest; reply: RecentAccounts };
  transactions: { request: TransactionsRequest; reply: TransactionPage };
  transaction: { request: HashRequest; reply: TransactionDetail };
  batches: { request: PageRequest; reply: BatchPage };
  alerts: { request: Nothing; reply: AlertList };
  alert: { request: AlertRequest; reply: AlertDetail };
  acknowledgeAlert: { request: AlertRequest; reply: AlertDetail };
  search: { request: SearchRequest; reply: SearchReply };
}

/** A command's name. */
export type CommandName = keyof CommandMap;
