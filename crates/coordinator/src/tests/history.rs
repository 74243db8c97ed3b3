//! Listings against a naive model: a list in memory, filtered and cut the obvious way.

use super::*;

/// What the model knows of an accepted transaction.
struct Known {
    raw_id: u64,
    from: String,
    to: String,
    tag: String,
    action: String,
}

impl Known {
    fn concerns(&self, account: &str) -> bool {
        self.from == account || (self.to == account && self.action != "burn")
    }
}

struct Question {
    account: Option<u8>,
    tag: Option<String>,
    action: Option<&'static str>,
    without: Option<&'static str>,
    ascending: bool,
    count: usize,
}

impl Question {
    fn path(&self, cursor: u64) -> String {
        let mut query = vec![format!("count={}", self.count), "page=3".to_owned()];
        if self.ascending {
            query.push("order=ASC".to_owned());
        }
        if cursor > 0 {
            query.push(format!("cursor={cursor}"));
        }
        if let Some(number) = self.account {
            query.push(format!("address={}", account(number).to_lowercase()));
        }
        if let Some(tag) = &self.tag {
            query.push(format!("tokenTag={}", tag.replace(',', "%2C")));
        }
        query.extend(self.action.map(|action| format!("action={action}")));
        query.extend(self.without.map(|action| format!("withoutAction={action}")));
        format!("/txs?{}", query.join("&"))
    }

    fn answer(&self, all: &[Known], cursor: u64) -> (Vec<u64>, bool) {
        let mut ids: Vec<u64> = all
            .iter()
            .filter(|tx| self.account.is_none_or(|number| tx.concerns(&account(number))))
            .filter(|tx| self.tag.as_ref().is_none_or(|tag| *tag == tx.tag))
            .filter(|tx| self.action.is_none_or(|action| action == tx.action))
            .filter(|tx| self.without.is_none_or(|action| action != tx.action))
            .map(|tx| tx.raw_id)
            .filter(|id| cursor == 0 || if self.ascending { *id > cursor } else { *id < cursor })
            .collect();
        if !self.ascending {
            ids.reverse();
        }
        let more = ids.len() > self.count;
        ids.truncate(self.count);
        (ids, more)
    }
}

/// Posts a mixed history and returns what the model knows of it.
async fn make_history(client: &Client) -> Vec<Known> {
    let mut all: Vec<Known> = Vec::new();
    for number in 1..=3_u8 {
        for token in [ar_token(), usd()] {
            all.push(Known {
                raw_id: all.len() as u64 + 1,
                from: account(100),
                to: account(number),
                tag: token.tag().to_string(),
                action: "mint".to_owned(),
            });
        }
    }
    for step in 0..30_u8 {
        let (from, to) = (step % 3 + 1, account(step % 4 + 1));
        let token = if step % 5 == 0 { ar_token() } else { usd() };
        let tx = if step % 7 == 3 && token.symbol == "USD" {
            burn(&token, from, &to, 10, 7)
        } else {
            transfer(&token, from, &to, u64::from(step))
        };
        client.accept(&tx).await;
        all.push(Known {
            raw_id: all.len() as u64 + 1,
            from: tx.from,
            to: tx.to,
            tag: token.tag().to_string(),
            action: tx.action,
        });
    }
    all
}

#[tokio::test]
async fn listings_equal_the_model() {
    let place = Place::funded(3).await;
    let client = place.start().await;
    let all = make_history(&client).await;
    let mut asked = 0;
    for who in [None, Some(1), Some(4), Some(100), Some(77)] {
        for tag in [None, Some(ar_token().tag().to_string()), Some("ethereum-eur-0x".to_owned())] {
            for (action, without) in
                [(None, None), (Some("burn"), None), (None, Some("mint")), (Some("transfer"), Some("transfer"))]
            {
                for (ascending, count) in [(true, 1), (true, 7), (false, 7), (false, 100)] {
                    let question = Question { account: who, tag: tag.clone(), action, without, ascending, count };
                    asked += walk(&client, &question, &all).await;
                }
            }
        }
    }
    assert!(asked > 300, "{asked}");
    client.stop().await;
}

/// Asks page after page until the model says that there is no further one; returns the number of pages.
async fn walk(client: &Client, question: &Question, all: &[Known]) -> usize {
    let mut cursor = 0;
    for page in 1.. {
        let path = question.path(cursor);
        let (wanted, more) = question.answer(all, cursor);
        let answer = client.ok(&path).await;
        let got: Vec<u64> = answer["txs"].as_array().unwrap().iter().map(|tx| tx["rawId"].as_u64().unwrap()).collect();
        assert_eq!((got, answer["hasNextPage"].as_bool().unwrap()), (wanted.clone(), more), "{path}");
        match wanted.last() {
            Some(last) if more => cursor = *last,
            _ => return page,
        }
    }
    0
}

#[tokio::test]
async fn the_account_route_and_the_defaults() {
    let place = Place::funded(3).await;
    let client = place.start().await;
    let all = make_history(&client).await;
    let page = client.ok("/txs").await;
    let ids: Vec<u64> = page["txs"].as_array().unwrap().iter().map(|tx| tx["rawId"].as_u64().unwrap()).collect();
    assert_eq!(ids, (27..=36).rev().collect::<Vec<u64>>(), "ten, newest first");
    assert_eq!(client.ok("/txs?count=100000").await["txs"].as_array().unwrap().len(), all.len());
    assert_eq!(client.ok("/txs?count=0").await["txs"].as_array().unwrap().len(), 1);
    let mine = client.ok(&format!("/txs/{}?count=100&action=burn", account(1))).await;
    assert_eq!(mine["accid"], json!(account(1)));
    let wanted = all.iter().filter(|tx| tx.action == "burn" && tx.concerns(&account(1))).count();
    assert!(wanted > 0);
    assert_eq!(mine["txs"].as_array().unwrap().len(), wanted);
    client.stop().await;
}

#[tokio::test]
async fn everything_is_pending_while_no_gateway_answers() {
    let place = Place::funded(3).await;
    let client = place.start().await;
    let all = make_history(&client).await;
    let first = client.ok("/tx/pending").await;
    assert_eq!((&first["total"], &first["hasNextPage"]), (&json!(all.len()), &json!(true)));
    let last = &first["txs"][9];
    assert_eq!(last["id"], json!(10));
    assert!(last["tokenTag"].is_string() && last.get("status").is_none() && last["nonce"].is_number());
    let next = client.ok(&format!("/tx/pending?count=100&everHash={}", last["everHash"].as_str().unwrap())).await;
    assert_eq!(next["txs"][0]["id"], json!(11));
    assert_eq!((next["txs"].as_array().unwrap().len(), &next["hasNextPage"]), (all.len() - 10, &json!(false)));
    client.stop().await;
}
