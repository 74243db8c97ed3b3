//! What people decide.

use super::*;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_policy_does_not_pass_waits_for_two_persons_who_saw_its_digest() {
    let payer = evm(12);
    let mut world = world_of(&payer).await;
    let watchmen = TestWatchmen::running(&world, 0).await;
    let to = account(66);
    let hash = burn(&mut world, Asset::Token, &payer, &to, 30 * PUSD).await;
    for index in 0..3 {
        reaches(&watchmen, index, &hash, "awaiting").await;
    }
    let shown = watchmen.tell(0, &["show", &hash, "--json"]).await;
    let facts: Value = serde_json::from_str(&shown.out).unwrap_or_else(|fault| panic!("{fault}: {shown:?}"));
    let fields = &facts["signed"];
    assert_eq!(fields["to"].as_str().unwrap().to_lowercase(), to.to_lowercase(), "{facts}");
    assert_eq!((&fields["call"], &fields["amount"]), (&json!("transfer"), &json!("30000000")), "{facts}");
    let digest = fields["digest"].as_str().unwrap();
    let other = format!("0x{}", "11".repeat(32));
    let wrong = watchmen.tell(1, &["approve", &hash, &other, "--by", "Ada"]).await;
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
    let said = watchmen.tell(0, &["approve", &hash, digest, "--by", "Ada"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    sleep(AFTERMATH).await;
    assert_eq!(world.ethereum().holds(Asset::Token, &to).await, 0, "one person is not enough");
    let said = watchmen.tell(2, &["approve", &hash, digest, "--by", "Grace"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    receives(&world, Asset::Token, &to, 30 * PUSD).await;
    check_paid(&world, &[hash]).await;
}
