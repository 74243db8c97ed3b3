//! Vectors of everPay: transactions, bundles, passkeys, ids, tokens, messages, state and the lock contract.
//!
//! For each vector everything under `expect` is recomputed as one JSON object and compared member by member; a member
//! that nothing was computed for fails. `reason` is a label for people and is compared for passkeys only.

use crypto::secp::Recoverer;
use crypto::{b64, hexs};
use everpay::bundle::{Bundle, internal_status};
use everpay::everid::{self, MailVerify};
use everpay::evm::{EvmTransaction, contract_address};
use everpay::lock_contract::{self, Proposal};
use everpay::{
    AccountId, Action, Amount, Checked, Checker, EverHash, HashUsed, Nonce, Refusal, RootChain, SignedText, TokenTag,
    Transaction, Verifier, fido2, mint, next_root, target_chain, token,
};
use serde_json::{Map, Value, json};

type Computed = Result<Value, String>;

/// Judges one vector; `None` if its check or kind belongs elsewhere.
pub(crate) fn check(check_name: &str, vector: &Value) -> Option<Result<(), String>> {
    let computed = match (check_name, vector["kind"].as_str()?) {
        ("tx", "tx" | "tx-negative") => transaction(vector),
        ("bundle", "bundle" | "bundle-negative") => bundle(vector),
        ("fido2", "fido2-message") => passkey(vector),
        ("ids", "id") => id(vector),
        ("everid", "everid") => Ok(json!({"everId": everid::from_email(text(vector, "email").ok()?)})),
        ("everid", "user-id") => user_id(vector),
        ("message", "message-hash") => {
            Ok(json!({"hash": hexs::encode0x(&crypto::eip191_hash(text(vector, "message").ok()?.as_bytes()))}))
        }
        ("message", "message-signature") => message_signature(vector),
        ("token", kind) => return token_kinds(kind, vector).map(|computed| judge(vector, computed)),
        ("state", kind) => return state_kinds(kind, vector).map(|computed| judge(vector, computed)),
        ("contract", kind) => return contract_kinds(kind, vector).map(|computed| judge(vector, computed)),
        ("evmtx", "evm-tx") => evm_transaction(vector),
        _ => return None,
    };
    Some(judge(vector, computed))
}

fn token_kinds(kind: &str, vector: &Value) -> Option<Computed> {
    Some(match kind {
        "token-tag" => token_tag(vector),
        "tag-decode" => text(vector, "tag").map(|tag| json!({"parts": TokenTag::from_text(tag).parts()})),
        "zoom-mint" => zoom_mint(vector),
        "zoom-burn" => zoom_burn(vector),
        "target-chain" => target(vector),
        "mint-hash" => mint_hash(vector),
        _ => return None,
    })
}

fn state_kinds(kind: &str, vector: &Value) -> Option<Computed> {
    Some(match kind {
        "internal-status" => status(vector),
        "root-hash" => root_hash(vector),
        "root-chain" => root_chain(vector),
        "mail-verify" => mail_verify(vector),
        _ => return None,
    })
}

fn contract_kinds(kind: &str, vector: &Value) -> Option<Computed> {
    Some(match kind {
        "contract-txhash" => contract_hash(vector),
        "contract-ecaddress" => contract_signer(vector),
        "contract-address" => created_contract(vector),
        "contract-selector" => selector(vector),
        _ => return None,
    })
}

fn judge(vector: &Value, computed: Computed) -> Result<(), String> {
    let computed = computed?;
    let members = vector["expect"].as_object().filter(|members| !members.is_empty());
    for (name, wanted) in members.ok_or("the vector expects nothing")? {
        if name == "reason" && computed.get(name).is_none() {
            continue;
        }
        let found = computed.get(name).ok_or_else(|| format!("{name}: nothing is computed for it"))?;
        if found != wanted {
            return Err(format!("{name}: {found} instead of {wanted}"));
        }
    }
    Ok(())
}

fn text<'a>(vector: &'a Value, member: &str) -> Result<&'a str, String> {
    vector[member].as_str().ok_or_else(|| format!("the vector has no text {member}"))
}

fn number(vector: &Value, member: &str) -> Result<i64, String> {
    let value = &vector[member];
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    number.ok_or_else(|| format!("the vector has no number {member}"))
}

fn bytes(vector: &Value, member: &str) -> Result<Vec<u8>, String> {
    hexs::decode(text(vector, member)?).map_err(|error| format!("{member}: {error}"))
}

fn fixed<const N: usize>(vector: &Value, member: &str) -> Result<[u8; N], String> {
    bytes(vector, member)?.try_into().map_err(|_| format!("{member} does not have {N} bytes"))
}

fn amount(vector: &Value, member: &str) -> Result<Amount, String> {
    text(vector, member)?.parse().map_err(|error| format!("{member}: {error}"))
}

fn account(vector: &Value, member: &str) -> Result<AccountId, String> {
    AccountId::parse(text(vector, member)?).map_err(|refusal| format!("{member}: {refusal}"))
}

fn same(name: &str, found: &str, wanted: &Value) -> Result<(), String> {
    match wanted {
        Value::Null => Ok(()),
        Value::String(wanted) if wanted == found => Ok(()),
        other => Err(format!("{name}: {found} instead of {other}")),
    }
}

fn transaction(vector: &Value) -> Computed {
    let tx = Transaction::from_json(vector["tx"].to_string().as_bytes()).map_err(|error| error.to_string())?;
    same("everHash", &tx.ever_hash().to_string(), &vector["everHash"])?;
    same("arHash", &hexs::encode0x(&tx.ar_hash()), &vector["arHash"])?;
    let from = AccountId::parse(&tx.from).ok();
    let mut computed = json!({
        "accountType": from.map(|from| from.kind().as_str()),
        "accountId": from.map(|from| from.to_string()),
    });
    let checker = match vector["payOwner"].as_str() {
        Some(owner) => Checker::new().with_pay_owner(owner),
        None => Checker::new(),
    };
    let members = computed.as_object_mut().ok_or("no object")?;
    match checker.check(tx, true) {
        Ok(checked) => accepted(&checked, &vector["expect"], members)?,
        Err(rejected) => {
            members.insert("ok".into(), json!(false));
            members.insert("error".into(), json!(rejected.refusal.code()));
        }
    }
    Ok(computed)
}

fn accepted(checked: &Checked, expect: &Value, computed: &mut Map<String, Value>) -> Result<(), String> {
    computed.insert("ok".into(), json!(true));
    computed.insert("error".into(), Value::Null);
    computed.insert("tag".into(), json!(checked.tag.as_str()));
    if let Some(signed) = &checked.signed {
        computed.insert("hashUsed".into(), json!(signed.hash_used.as_str()));
        // Any salt verifies; whether it has the named length takes a second look.
        if let Some(salt) = expect["saltLength"].as_u64().and_then(|salt| u16::try_from(salt).ok()) {
            if !salt_holds(checked, signed.hash_used, salt)? {
                return Err(format!("saltLength: not {salt}"));
            }
            computed.insert("saltLength".into(), json!(salt));
        }
    }
    if let Some(target) = &checked.target {
        computed.insert("targetChainType".into(), json!(target));
        if checked.action == Action::Mint {
            // The reference takes the deposit's name as spelt; the fingerprint folds spellings.
            let name = mint::deposit_name(target, &checked.tx.data, &checked.ever_hash);
            computed.insert("mintHash".into(), json!(name.map_err(|refusal| refusal.to_string())?));
        }
    }
    Ok(())
}

fn salt_holds(checked: &Checked, hash_used: HashUsed, salt: u16) -> Result<bool, String> {
    let data: Value = serde_json::from_str(&checked.tx.data).unwrap_or_default();
    let legacy = data["arOwner"].as_str();
    let (sig, owner) =
        checked.tx.sig.split_once(',').or_else(|| Some((checked.tx.sig.as_str(), legacy?))).ok_or("no owner")?;
    let owner = b64::decode_lenient(owner).map_err(|error| error.to_string())?;
    let sig = b64::decode_lenient(sig).map_err(|error| error.to_string())?;
    let key = crypto::pss::PublicKey::from_modulus(&owner).map_err(|error| error.to_string())?;
    let digest = match hash_used {
        HashUsed::Eip191 => *checked.ever_hash.as_bytes(),
        HashUsed::Sha256 => checked.tx.ar_hash(),
    };
    Ok(key.verify_with_salt(&digest, &sig, salt))
}

fn bundle(vector: &Value) -> Computed {
    let data = json!({"bundle": vector["bundle"]}).to_string();
    let bundle = match Bundle::from_data(&data) {
        Ok(bundle) => bundle,
        Err(refusal) => return Ok(json!({"internalError": {"index": -1, "msg": refusal.code()}})),
    };
    let sign_text = bundle.sign_text();
    same("signText", &sign_text, &vector["signText"])?;
    same("hash", &hexs::encode0x(&crypto::eip191_hash(sign_text.as_bytes())), &vector["hash"])?;
    same("arHash", &hexs::encode0x(&crypto::sha256(sign_text.as_bytes())), &vector["arHash"])?;
    let nonce = Nonce::new(number(vector, "nonce")?);
    Ok(json!({"internalError": bundle.check(nonce, &Verifier::default()).err()}))
}

fn passkey(vector: &Value) -> Computed {
    let challenge = text(vector, "challengeText")?;
    if let Some(message) = vector["hashOfMessage"].as_str() {
        same("challengeText", challenge, &json!(hexs::encode0x(&crypto::eip191_hash(message.as_bytes()))))?;
    }
    let parts: Vec<_> = text(vector, "sig")?.splitn(3, ',').collect();
    let &[assertion, credential, "FIDO2"] = &parts[..] else {
        return Err("sig is not three parts".into());
    };
    let verdict = fido2::verify(assertion, credential, challenge.as_bytes(), &fido2::Passkeys::default());
    let mut computed = json!({"ok": verdict.is_ok(), "reason": verdict.err().map(fido2::AssertionError::label)});
    if vector["everId"].is_string() {
        computed["userHandle"] = user_id(vector)?["userId"].take();
    }
    Ok(computed)
}

fn id(vector: &Value) -> Computed {
    let id = AccountId::parse(text(vector, "id_in")?).ok();
    Ok(json!({"accountType": id.map(|id| id.kind().as_str()), "accountId": id.map(|id| id.to_string())}))
}

fn user_id(vector: &Value) -> Computed {
    let expiration = match &vector["expiration"] {
        Value::Null => None,
        Value::String(empty) if empty.is_empty() => None,
        _ => Some(number(vector, "expiration")?.unsigned_abs()),
    };
    let chain_id = number(vector, "chainID")?.unsigned_abs();
    Ok(json!({"userId": everid::user_id(text(vector, "everId")?, chain_id, expiration)}))
}

fn message_signature(vector: &Value) -> Computed {
    let (from, sig) = (account(vector, "account")?, text(vector, "sig")?);
    if vector["hash"].is_string() {
        return hash_signature(&from, &fixed(vector, "hash")?, sig);
    }
    let message = text(vector, "message")?;
    let ever_hash = EverHash::new(crypto::eip191_hash(message.as_bytes()));
    // Free messages have no nonce and follow today's rule.
    let text = SignedText { from: &from, nonce: Nonce::new(i64::MAX), ever_hash: &ever_hash, message };
    Ok(json!({"ok": Verifier::default().verify(sig, text).is_ok()}))
}

fn hash_signature(from: &AccountId, hash: &[u8; 32], sig: &str) -> Computed {
    // The old rule signs this very hash; with an empty message the newer one can never hold by chance.
    let ever_hash = EverHash::new(*hash);
    let text = SignedText { from, nonce: Nonce::default(), ever_hash: &ever_hash, message: "" };
    let signed = Verifier::default().verify(sig, text);
    Ok(json!({"ok": signed.is_ok_and(|signed| signed.hash_used == HashUsed::Eip191)}))
}

fn token_tag(vector: &Value) -> Computed {
    let tag = TokenTag::new(text(vector, "chainType")?, text(vector, "symbol")?, text(vector, "id_in")?);
    Ok(json!({"tag": tag.as_str()}))
}

fn decimals(vector: &Value) -> Result<(u8, u8), String> {
    let of = |member| u8::try_from(number(vector, member)?).map_err(|_| format!("{member} is out of range"));
    Ok((of("everDecimals")?, of("targetDecimals")?))
}

fn zoom_mint(vector: &Value) -> Computed {
    let (ever, target) = decimals(vector)?;
    let given = text(vector, "amount")?;
    // Amounts here have no sign; truncation toward zero is the same on both sides of it.
    let (sign, digits) = given.strip_prefix('-').map_or(("", given), |digits| ("-", digits));
    let given: Amount = digits.parse().map_err(|error| format!("amount: {error}"))?;
    let zoomed = token::mint_amount(given, ever, target);
    let zoomed = zoomed.map(|zoomed| if zoomed.is_zero() { zoomed.to_string() } else { format!("{sign}{zoomed}") });
    Ok(json!({"amount": zoomed}))
}

fn zoom_burn(vector: &Value) -> Computed {
    let (ever, target) = decimals(vector)?;
    let zoomed = token::burn_amount(amount(vector, "amount")?, ever, target);
    Ok(json!({"amount": zoomed.map(|zoomed| zoomed.to_string())}))
}

fn target(vector: &Value) -> Computed {
    let action = Action::parse(text(vector, "action")?);
    let target = target_chain(action, text(vector, "chainType")?, text(vector, "data")?);
    Ok(json!({"targetChainType": target.ok()}))
}

fn mint_hash(vector: &Value) -> Computed {
    let (chain_type, data) = (text(vector, "chainType")?, text(vector, "data")?);
    let ever_hash = match vector["everHash"].as_str() {
        Some(hash) => hash.parse().map_err(|error| format!("everHash: {error}"))?,
        None => EverHash::new([0; 32]),
    };
    let name =
        target_chain(Action::Mint, chain_type, data).and_then(|target| mint::deposit_name(&target, data, &ever_hash));
    Ok(json!({"mintHash": name.ok()}))
}

fn status(vector: &Value) -> Computed {
    let error = &vector["error"];
    let error =
        error.is_object().then(|| Ok::<_, String>((number(error, "index")?, text(error, "msg")?))).transpose()?;
    Ok(json!({"text": internal_status(error)}))
}

fn root_hash(vector: &Value) -> Computed {
    let parts = vector["parts"].as_array().ok_or("the vector has no parts")?;
    let parts = parts.iter().map(|part| hexs::decode(part.as_str().unwrap_or("?")).map_err(|error| error.to_string()));
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    Ok(json!({"hash": hexs::encode0x(&next_root(&bytes(vector, "prev")?, &parts))}))
}

fn root_chain(vector: &Value) -> Computed {
    let mut chain = RootChain::new();
    for tx in vector["txs"].as_array().ok_or("the vector has no txs")? {
        let id = b64::decode(text(tx, "id")?).map_err(|error| error.to_string())?;
        let id: [u8; 32] = id.try_into().map_err(|_| "an id does not have 32 bytes")?;
        chain.push(&id, &EverHash::new(fixed(tx, "everHash")?));
    }
    Ok(json!({
        "rootHash": everpay::root_text(chain.root_hash()),
        "everRootHash": everpay::root_text(chain.ever_root_hash()),
    }))
}

fn mail_verify(vector: &Value) -> Computed {
    let mail = MailVerify {
        timestamp: number(vector, "timestamp")?,
        sig: text(vector, "sig")?.to_owned(),
        code: text(vector, "code")?.to_owned(),
    };
    let nonce = Nonce::new(number(vector, "nonce")?);
    let verdict = mail.verify(text(vector, "payOwner")?, &account(vector, "everId")?, nonce);
    Ok(json!({"error": verdict.err().map(Refusal::code)}))
}

fn contract_hash(vector: &Value) -> Computed {
    let proposal = Proposal {
        chain_id: amount(vector, "chainID")?,
        contract: fixed(vector, "contract")?,
        proposal_id: amount(vector, "proposalID")?,
        ever_hash: EverHash::new(fixed(vector, "everHash")?),
        to: fixed(vector, "to")?,
        value: amount(vector, "value")?,
        data: bytes(vector, "data")?,
    };
    if let Some(batch) = vector["proposalArId"].as_str() {
        let batch = b64::decode(batch).ok().and_then(|id| id.try_into().ok()).ok_or("proposalArId is no id")?;
        if lock_contract::proposal_id(batch) != proposal.proposal_id {
            return Err("proposalID is not the number of proposalArId".into());
        }
    }
    Ok(json!({"txHash": hexs::encode0x(&proposal.tx_hash())}))
}

fn contract_signer(vector: &Value) -> Computed {
    let sig = bytes(vector, "sig")?;
    Ok(match lock_contract::ec_address(&Recoverer::new(), &fixed(vector, "txHash")?, &sig) {
        Ok(address) => json!({"address": crypto::eip55(&address)}),
        Err(revert) => json!({"revert": revert.to_string()}),
    })
}

fn created_contract(vector: &Value) -> Computed {
    let nonce = number(vector, "nonce")?.unsigned_abs();
    Ok(json!({"address": crypto::eip55(&contract_address(&fixed(vector, "deployer")?, nonce))}))
}

fn selector(vector: &Value) -> Computed {
    let hash = hexs::encode(&crypto::keccak256(text(vector, "signature")?.as_bytes()));
    let chars = usize::try_from(number(vector, "chars")?).map_err(|error| error.to_string())?;
    Ok(json!({"value": format!("0x{}", hash.get(..chars).ok_or("more characters than a hash has")?)}))
}

fn evm_transaction(vector: &Value) -> Computed {
    let tx = EvmTransaction::from_json(&vector["tx"].to_string()).map_err(|error| error.to_string())?;
    let mut computed = json!({
        "hash": hexs::encode0x(&tx.hash()),
        "sender": tx.sender(&Recoverer::new()).map(|sender| crypto::eip55(&sender)),
    });
    if let Some((to, amount)) = tx.erc20_transfer() {
        computed["erc20To"] = json!(crypto::eip55(&to));
        computed["erc20Amount"] = json!(amount.to_string());
    }
    Ok(computed)
}
