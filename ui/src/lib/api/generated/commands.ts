// Generated from crates/app/src/api.rs by `make types`. Do not edit.
import type { AccountRequest } from "./AccountRequest";
import type { AccountView } from "./AccountView";
import type { AlertDetail } from "./AlertDetail";
import type { AlertList } from "./AlertList";
import type { AlertRequest } from "./AlertRequest";
import type { BatchPage } from "./BatchPage";
import type { BurnPage } from "./BurnPage";
import type { BurnsRequest } from "./BurnsRequest";
import type { DepositPage } from "./DepositPage";
import type { DepositsRequest } from "./DepositsRequest";
import type { HashRequest } from "./HashRequest";
import type { LastHour } from "./LastHour";
import type { NetworkView } from "./NetworkView";
import type { Nothing } from "./Nothing";
import type { PageRequest } from "./PageRequest";
import type { PostMintRequest } from "./PostMintRequest";
import type { Posted } from "./Posted";
import type { RecentAccounts } from "./RecentAccounts";
import type { SearchReply } from "./SearchReply";
import type { SearchRequest } from "./SearchRequest";
import type { SolvencyView } from "./SolvencyView";
import type { Status } from "./Status";
import type { TransactionDetail } from "./TransactionDetail";
import type { TransactionPage } from "./TransactionPage";
import type { TransactionsRequest } from "./TransactionsRequest";
import type { VaultChains } from "./VaultChains";

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
  vaultChains: { request: Nothing; reply: VaultChains };
  deposits: { request: DepositsRequest; reply: DepositPage };
  postMint: { request: PostMintRequest; reply: Posted };
  solvency: { request: Nothing; reply: SolvencyView };
  burns: { request: BurnsRequest; reply: BurnPage };
}

/** A command's name. */
export type CommandName = keyof CommandMap;
