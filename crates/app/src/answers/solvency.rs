//! What is said about reserves, liabilities and burns.

use detector::model::BurnFilter;

use super::{Answer, Answers, fault};
use crate::api::{BurnPage, BurnsRequest, SolvencyView};
use crate::{door, map};

impl Answers<'_> {
    pub(crate) fn solvency(&self) -> SolvencyView {
        map::solvency(&self.view.solvency())
    }

    pub(crate) async fn burns(&self, request: &BurnsRequest) -> Answer<BurnPage> {
        door::rows(request.limit)?;
        let filter = BurnFilter {
            account: request.account.as_deref().map(door::account).transpose()?,
            waiting_only: request.waiting,
        };
        let before = door::row_cursor(request.cursor.as_deref())?;
        let page = self.view.burns(&filter, before, request.limit).await.map_err(fault)?;
        Ok(BurnPage { rows: page.rows.iter().map(map::burn_row).collect(), cursor: page.next.map(|id| id.to_string()) })
    }
}
