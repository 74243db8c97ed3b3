//! Making signed batches out of marks, and siblings out of batches whose anchor has expired.

use super::{Packager, TurnError, WINDOW};
use arweave::{ArweaveId, Gateway, Transaction, Wallet, Winston};
use rollup::ItemId;
use store::pool::{Mark, NewSeal, Seal};

/// A batch before it is signed.
struct Draft {
    mark: u64,
    parent: Option<[u8; 32]>,
    body: Vec<u8>,
    last_item: ItemId,
}

impl Packager {
    /// Seals and posts marks that have no batch yet, as far as the window allows.
    pub(super) async fn seal_marks(&mut self, gateway: &Gateway) -> Result<(), TurnError> {
        let live = self.shared.pool.live_seals().await?.len();
        for _ in live..WINDOW {
            let last = self.shared.pool.last_seal().await?;
            let next = last.as_ref().map_or(1, |seal| seal.mark + 1);
            let Some(mark) = self.shared.pool.mark(next).await? else { break };
            self.seal_mark(gateway, &mark, last.as_ref()).await?;
        }
        Ok(())
    }

    async fn seal_mark(&mut self, gateway: &Gateway, mark: &Mark, last: Option<&Seal>) -> Result<(), TurnError> {
        let before = match mark.seq {
            0 | 1 => 0,
            seq => self.mark_of(seq - 1).await?.last_raw_id,
        };
        let items = self.shared.pool.items_between(before, mark.last_raw_id).await?;
        if items.len() as u64 != mark.last_raw_id - before {
            return Err(TurnError::Bug(format!("batch {} lacks items", mark.seq)));
        }
        let mut tx_data: Vec<Vec<u8>> = items.into_iter().map(|item| item.tx_data).collect();
        let spoiled = match &self.cheat {
            Some(cheat) => cheat.spoil(&self.shared, before, mark.seq, &mut tx_data).await?,
            None => false,
        };
        let linked = rollup::seal(last.map(|seal| seal.last_item), tx_data);
        let last_item = linked.last().ok_or_else(|| TurnError::Bug(format!("batch {} is empty", mark.seq)))?.tx_id;
        let mut draft =
            Draft { mark: mark.seq, parent: last.map(|seal| seal.batch_id), body: rollup::pack(&linked), last_item };
        let mut seals = Vec::with_capacity(2);
        let foreign = self.cheat.as_ref().and_then(|cheat| cheat.foreign_wallet(mark.seq));
        if let Some(wallet) = &foreign {
            let stray = self.sign(gateway, wallet, &draft, true).await?;
            draft.parent = Some(stray.batch_id);
            seals.push(stray);
        }
        seals.push(self.sign(gateway, &self.wallet, &draft, false).await?);
        self.shared.pool.add_seals(&seals).await?;
        if let Some(cheat) = &mut self.cheat
            && (spoiled || foreign.is_some())
        {
            cheat.committed(mark.seq);
        }
        self.shared.publish().await?;
        for seal in &seals {
            tracing::info!(batch = %ArweaveId::from_bytes(seal.batch_id), number = seal.mark, "batch sealed");
            self.post(gateway, seal.batch_id, &seal.header, &seal.body).await?;
        }
        Ok(())
    }

    pub(super) async fn mark_of(&self, seq: u64) -> Result<Mark, TurnError> {
        self.shared.pool.mark(seq).await?.ok_or_else(|| TurnError::Bug(format!("batch {seq} has no mark")))
    }

    /// Gives up `expired` and the live batches after it for siblings: the same items, the first with the same parent.
    pub(super) async fn reseal(&mut self, gateway: &Gateway, expired: &Seal, live: &[Seal]) -> Result<(), TurnError> {
        let mut parent = expired.parent;
        let mut seals = Vec::new();
        for seal in live.iter().filter(|seal| seal.position >= expired.position && !seal.foreign_owner) {
            let body = seal.body.clone().ok_or_else(|| TurnError::Bug(format!("batch {} lost its body", seal.mark)))?;
            let draft = Draft { mark: seal.mark, parent, body, last_item: seal.last_item };
            let sibling = self.sign(gateway, &self.wallet, &draft, false).await?;
            parent = Some(sibling.batch_id);
            seals.push(sibling);
        }
        self.shared.pool.replace_seals(expired.position, &seals).await?;
        self.shared.publish().await?;
        for seal in &seals {
            tracing::warn!(batch = %ArweaveId::from_bytes(seal.batch_id), number = seal.mark, "batch sealed again: its anchor expired");
            self.post(gateway, seal.batch_id, &seal.header, &seal.body).await?;
        }
        Ok(())
    }

    async fn sign(
        &self,
        gateway: &Gateway,
        wallet: &Wallet,
        draft: &Draft,
        foreign: bool,
    ) -> Result<NewSeal, TurnError> {
        let locker = self.shared.rules.lockers.get("ethereum").map_or("", String::as_str);
        let parent = draft.parent.map(ArweaveId::from_bytes);
        let mut tx = Transaction::new_data(draft.body.clone(), rollup::tags(&self.shared.owner, locker, parent));
        let price = gateway.price(tx.data_size, None).await?;
        tx.reward = Winston(price.0.saturating_mul(3) / 2);
        tx.last_tx = gateway.anchor().await?;
        // Asked after the anchor, so that the anchor's block is not above it.
        let anchor_height = gateway.info().await?.height;
        tx.sign(wallet);
        let body = std::mem::take(&mut tx.data);
        let header =
            String::from_utf8(tx.to_json()).map_err(|_| TurnError::Bug("JSON that is not UTF-8".to_owned()))?;
        Ok(NewSeal {
            mark: draft.mark,
            foreign_owner: foreign,
            batch_id: *tx.id.as_bytes(),
            parent: draft.parent,
            header,
            body,
            last_item: draft.last_item,
            anchor_height,
        })
    }
}
