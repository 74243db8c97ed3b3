//! Which part of the app answers which command: one table for each part.

use std::ops::ControlFlow::{self, Break, Continue};

use detector::View;

use crate::answers::Answers;
use crate::api::{Command, CommandError, Nothing, Reply};
use crate::ceremonies::Circle;
use crate::core::{App, Shared};
use crate::settings::Language;
use crate::watch::Guard;
use crate::withdraw::Withdraw;
use crate::{door, map, save};

/// An answer, or the command for the next table.
pub(crate) type Turn = ControlFlow<Result<Reply, CommandError>, Command>;

impl App {
    /// Answers a command.
    ///
    /// # Errors
    /// With the code of why it cannot be answered.
    pub async fn handle(&self, command: Command) -> Result<Reply, CommandError> {
        let command = match self.shared.of_keys(command).await {
            Break(answer) => return answer,
            Continue(command) => command,
        };
        let command = match self.shared.of_even(command).await {
            Break(answer) => return answer,
            Continue(command) => command,
        };
        let command = match self.shared.of_ceremonies(command).await {
            Break(answer) => return answer,
            Continue(command) => command,
        };
        let view = self.shared.view()?;
        let command = match self.shared.of_watchman(&view, command).await {
            Break(answer) => return answer,
            Continue(command) => command,
        };
        let command = match self.shared.of_withdrawals(&view, command).await {
            Break(answer) => return answer,
            Continue(command) => command,
        };
        let answers = Answers { view: &view, file: &self.shared.network, watchers: &self.shared.watchers };
        Ok(match command {
            Command::Status(_) => Reply::Status(self.shared.status(&view)),
            Command::Network(_) => Reply::Network(answers.network()),
            Command::LastHour(_) => Reply::LastHour(map::last_hour(&view.last_hour())),
            Command::Balances(request) => Reply::Balances(answers.balances(door::text(&request.account)?).await?),
            Command::RecentAccounts(page) => Reply::RecentAccounts(answers.recent_accounts(&page)?),
            Command::Transactions(request) => Reply::Transactions(answers.transactions(&request).await?),
            Command::Transaction(request) => Reply::Transaction(answers.transaction(&request).await?),
            Command::Batches(page) => Reply::Batches(answers.batches(&page).await?),
            Command::Alerts(_) => Reply::Alerts(answers.alerts()),
            Command::Alert(request) => Reply::Alert(answers.alert(&request.key)?),
            Command::AcknowledgeAlert(request) => Reply::AcknowledgeAlert(answers.acknowledge(&request.key).await?),
            Command::Search(request) => Reply::Search(answers.search(&request.text).await?),
            Command::VaultChains(_) => Reply::VaultChains(answers.vault_chains()),
            Command::Deposits(request) => Reply::Deposits(answers.deposits(&request).await?),
            Command::PostMint(request) => Reply::PostMint(answers.post_mint(&request).await?),
            Command::Solvency(_) => Reply::Solvency(answers.solvency()),
            Command::Burns(request) => Reply::Burns(answers.burns(&request).await?),
            // A command that stands in no table: a defect of this program.
            other => return Err(CommandError::new("core_fault", format!("nobody answers {}", other.name()))),
        })
    }
}

impl Shared {
    /// What needs no ledger: the keystore, files, the language. Answered while the ledger is still being opened.
    async fn of_keys(&self, command: Command) -> Turn {
        let keys = &self.keys;
        Break(match command {
            Command::Keystore(_) => Ok(Reply::Keystore(keys.view())),
            Command::CreateKeystore(request) => keys.create(request).await.map(Reply::CreateKeystore),
            Command::UnlockKeystore(request) => keys.unlock(request).await.map(Reply::UnlockKeystore),
            Command::LockKeystore(_) => {
                keys.lock();
                Ok(Reply::LockKeystore(keys.view()))
            }
            Command::ExtendUnlock(_) => keys.extend().map(Reply::ExtendUnlock),
            Command::SetAutoLock(request) => keys.set_auto_lock(&request).map(Reply::SetAutoLock),
            Command::ChangePassword(request) => keys.change_password(request).await.map(Reply::ChangePassword),
            Command::NewPhrase(request) => keys.new_phrase(&request).await.map(Reply::NewPhrase),
            Command::AddNewAccount(request) => keys.add_new_account(request).await.map(Reply::AddNewAccount),
            Command::ImportAccount(request) => keys.import(request).await.map(Reply::ImportAccount),
            Command::RenameKey(request) => keys.rename(&request).await.map(Reply::RenameKey),
            Command::RemoveKey(request) => keys.remove(&request).await.map(Reply::RemoveKey),
            Command::BackupKeystore(request) => keys.backup(request).await.map(Reply::BackupKeystore),
            Command::PreviewRestore(request) => keys.preview_restore(request).await.map(Reply::PreviewRestore),
            Command::RestoreKeystore(request) => keys.restore(&request).await.map(Reply::RestoreKeystore),
            Command::SaveText(request) => save::text(&self.asker, request).await.map(Reply::SaveText),
            Command::SetLanguage(request) => Language::parse(&request.language)
                .and_then(|language| self.settings.set_language(language))
                .map(|()| Reply::SetLanguage(Nothing {})),
            other => return Continue(other),
        })
    }

    /// The EVEN network. It needs no ledger.
    async fn of_even(&self, command: Command) -> Turn {
        let even = &self.even;
        Break(match command {
            Command::Even(_)
            | Command::EvenNodes(_)
            | Command::EvenNode(_)
            | Command::EvenWhatIf(_)
            | Command::EvenMessages(_)
            | Command::EvenMessage(_) => even.read(command).await,
            Command::WatchEvenNode(request) => even.watch(&request).await.map(Reply::WatchEvenNode),
            Command::StartEven(request) => even.start(&request).await.map(Reply::StartEven),
            Command::StopEven(_) => even.stop().await.map(Reply::StopEven),
            other => return Continue(other),
        })
    }

    /// Shared keys. They need no ledger.
    async fn of_ceremonies(&self, command: Command) -> Turn {
        let circle = Circle::new(self);
        Break(match command {
            Command::Ceremonies(_) => circle.view().await.map(Reply::Ceremonies),
            Command::Ceremony(request) => circle.ceremony(&request).await.map(Reply::Ceremony),
            Command::InviteToKey(request) => circle.invite(request).await.map(Reply::InviteToKey),
            Command::CompareMember(request) => circle.compare(&request).await.map(Reply::CompareMember),
            Command::JoinCeremony(request) => circle.join(&request).await.map(Reply::JoinCeremony),
            Command::StopCeremony(request) => circle.stop(&request).await.map(Reply::StopCeremony),
            Command::RepeatCeremony(request) => circle.again(request).await.map(Reply::RepeatCeremony),
            Command::SaveCeremonyProof(request) => circle.save_proof(&request).await.map(Reply::SaveCeremonyProof),
            Command::StartKeyTask(request) => circle.begin(&request).await.map(Reply::StartKeyTask),
            Command::BackupShare(request) => circle.back_up(request).await.map(Reply::BackupShare),
            Command::DrillShareBackup(request) => circle.drill(request).await.map(Reply::DrillShareBackup),
            Command::RestoreShare(request) => circle.restore(request).await.map(Reply::RestoreShare),
            Command::KeyAddress(request) => circle.address(request).await.map(Reply::KeyAddress),
            Command::AskToSign(request) => circle.sign(&request).await.map(Reply::AskToSign),
            Command::Session(request) => circle.session(&request).await.map(Reply::Session),
            Command::ApproveSession(request) => circle.approve(&request).await.map(Reply::ApproveSession),
            Command::DeclineSession(request) => circle.decline(&request).await.map(Reply::DeclineSession),
            Command::CarryMessages(request) => circle.carry(&request).await.map(Reply::CarryMessages),
            Command::TakeMessages(request) => circle.take(request).await.map(Reply::TakeMessages),
            other => return Continue(other),
        })
    }

    /// What is withdrawn, and how far it is.
    async fn of_withdrawals(&self, view: &View, command: Command) -> Turn {
        let withdraw = Withdraw { shared: self, view };
        Break(match command {
            Command::WithdrawOptions(_) => Ok(Reply::WithdrawOptions(withdraw.options())),
            Command::QuoteWithdrawal(request) => withdraw.quote(&request).await.map(Reply::QuoteWithdrawal),
            Command::Withdraw(request) => withdraw.send(&request).await.map(Reply::Withdraw),
            Command::Withdrawal(request) => {
                // Without a watchman here, or before it has seen the burn, only the others know who signed.
                let payout = Guard::new(self, view).payout(&request.ever_hash).await.ok();
                withdraw.path(&request, payout.as_ref()).await.map(Reply::Withdrawal)
            }
            other => return Continue(other),
        })
    }

    /// The watchman of this app.
    async fn of_watchman(&self, view: &View, command: Command) -> Turn {
        let guard = Guard::new(self, view);
        Break(match command {
            Command::Watchman(_) => guard.watchman().await.map(Reply::Watchman),
            Command::Payouts(request) => guard.payouts(&request).await.map(Reply::Payouts),
            Command::Payout(request) => guard.payout(&request.ever_hash).await.map(Reply::Payout),
            Command::ApprovePayout(request) => guard.approve(&request.ever_hash).await.map(Reply::ApprovePayout),
            Command::RefusePayout(request) => guard.refuse(&request).await.map(Reply::RefusePayout),
            Command::ReopenPayout(request) => guard.reopen(&request.ever_hash).await.map(Reply::ReopenPayout),
            Command::StopSigning(request) => guard.stop(&request).await.map(Reply::StopSigning),
            Command::RearmVault(request) => guard.rearm(&request).await.map(Reply::RearmVault),
            Command::PardonMember(request) => guard.pardon(&request).await.map(Reply::PardonMember),
            Command::Policy(_) => guard.policy().await.map(Reply::Policy),
            Command::PreviewPolicy(request) => guard.preview_policy(&request.text).await.map(Reply::PreviewPolicy),
            Command::SavePolicy(request) => guard.save_policy(&request.text).await.map(Reply::SavePolicy),
            Command::Roster(_) => guard.roster().await.map(Reply::Roster),
            Command::PreviewRoster(request) => guard.preview_roster(&request.text).await.map(Reply::PreviewRoster),
            Command::SaveRoster(request) => guard.save_roster(&request.text).await.map(Reply::SaveRoster),
            Command::SetUpWatchman(request) => guard.set_up(&request).await.map(Reply::SetUpWatchman),
            other => return Continue(other),
        })
    }
}
