//! The gateway's index (GraphQL): lists of ids worth looking at. Nothing in it counts as a fact.

use serde::Deserialize;
use serde_json::json;

use super::Gateway;
use super::error::GatewayError;
use crate::ids::{Address, ArweaveId};

const PAGE_LEN: usize = 100;

/// What to look for. Members that are `None` or empty do not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HintQuery {
    /// Signed by this wallet.
    pub owner: Option<Address>,
    /// Sent to this wallet.
    pub recipient: Option<Address>,
    /// Carries each of these tags (name, value).
    pub tags: Vec<(String, String)>,
}

/// One page of ids, newest first; the order inside a block is not specified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HintPage {
    /// Ids that the index names.
    pub ids: Vec<ArweaveId>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    transactions: Transactions,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transactions {
    page_info: PageInfo,
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
}

#[derive(Deserialize)]
struct Edge {
    cursor: String,
    node: Node,
}

#[derive(Deserialize)]
struct Node {
    id: ArweaveId,
}

const QUERY: &str = "query($owners:[String!],$recipients:[String!],$tags:[TagFilter!],$first:Int,$after:String){\
transactions(owners:$owners,recipients:$recipients,tags:$tags,first:$first,after:$after,sort:HEIGHT_DESC){\
pageInfo{hasNextPage} edges{cursor node{id}}}}";

impl Gateway {
    /// One page of ids that the index names for `query`. Fetch and verify each before use.
    ///
    /// # Errors
    /// [`GatewayError`]; a gateway without an index answers with a status.
    pub async fn hint(&self, query: &HintQuery, after: Option<&str>) -> Result<HintPage, GatewayError> {
        let list = |address: Option<Address>| address.map(|address| vec![address.to_string()]);
        let tags: Vec<_> = query.tags.iter().map(|(name, value)| json!({"name": name, "values": [value]})).collect();
        let body = json!({"query": QUERY, "variables": {
            "owners": list(query.owner), "recipients": list(query.recipient),
            "tags": (!tags.is_empty()).then_some(tags), "first": PAGE_LEN, "after": after,
        }});
        let reply = self.http.post("graphql", body.to_string().as_bytes(), self.http.limits().max_header).await?;
        let answer: Answer =
            serde_json::from_slice(&reply.ok()?).map_err(|error| GatewayError::malformed("index page", error))?;
        let page = answer.data.ok_or_else(|| GatewayError::malformed("index page", "no data"))?.transactions;
        let next = page.edges.last().filter(|_| page.page_info.has_next_page).map(|edge| edge.cursor.clone());
        Ok(HintPage { ids: page.edges.into_iter().map(|edge| edge.node.id).collect(), next })
    }

    /// Hints for a rollup's batches, to prefetch along the parent chain.
    ///
    /// # Errors
    /// As [`Gateway::hint`].
    pub async fn hint_batches(
        &self,
        owner: &Address,
        tags: &[(String, String)],
        after: Option<&str>,
    ) -> Result<HintPage, GatewayError> {
        let query = HintQuery { owner: Some(*owner), tags: tags.to_vec(), ..HintQuery::default() };
        self.hint(&query, after).await
    }

    /// The newest ids (at most `max`) that the index names for an owner and tags. The caller verifies each.
    ///
    /// # Errors
    /// As [`Gateway::hint`].
    pub async fn find_by_owner(
        &self,
        owner: &Address,
        tags: &[(String, String)],
        max: usize,
    ) -> Result<Vec<ArweaveId>, GatewayError> {
        let mut ids = Vec::new();
        let mut after = None;
        // An index that repeats its cursor for ever is stopped by the number of pages.
        for _ in 0..max.div_ceil(PAGE_LEN) + 1 {
            let page = self.hint_batches(owner, tags, after.as_deref()).await?;
            ids.extend(page.ids);
            after = page.next;
            if ids.len() >= max || after.is_none() {
                break;
            }
        }
        ids.truncate(max);
        Ok(ids)
    }
}
