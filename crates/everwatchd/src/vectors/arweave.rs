//! Vectors of the checks `arweave` and `ans104`, and the kind `turing-batch`.
//!
//! For each vector everything under `expect` is recomputed as one JSON object and compared member by member; a
//! member that nothing was computed for fails.

use arweave::{Address, DeepHash, Tag, Transaction, ans104, avro, data_root, deep_hash, proof};
use crypto::{b64, hexs, sha256};
use data_root::Split;
use serde_json::{Value, json};

type Computed = Result<Value, String>;

/// Judges one vector; `None` if its check or kind belongs elsewhere.
pub(super) fn check(check_name: &str, vector: &Value) -> Option<Result<(), String>> {
    let computed = match (check_name, vector["kind"].as_str()?) {
        ("arweave", "ar-tx") => transaction(vector),
        ("arweave", "ar-deephash") => tree(&vector["input"]),
        ("arweave", "ar-base64url") => base64url(vector),
        ("arweave", "ar-owner") => owner(vector),
        ("arweave", "ar-data-root") => root(vector),
        ("arweave", "ar-tags") => avro_tags(vector),
        ("ans104", "ans104-item") => item(vector),
        ("ans104", "ans104-bundle") => bundle(vector),
        ("state", "turing-batch") => batch(vector),
        _ => return None,
    };
    Some(computed.and_then(|computed| compare(&vector["expect"], &computed)))
}

fn compare(expect: &Value, computed: &Value) -> Result<(), String> {
    let members = expect.as_object().filter(|members| !members.is_empty()).ok_or("the vector expects nothing")?;
    for (name, wanted) in members {
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

fn blob(vector: &Value, member: &str) -> Result<Vec<u8>, String> {
    b64::decode(text(vector, member)?).map_err(|error| format!("{member}: {error}"))
}

fn wire_tags(tags: &[Tag]) -> Value {
    tags.iter().map(|tag| json!({"name": lossy(&tag.name), "value": lossy(&tag.value)})).collect()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn transaction(vector: &Value) -> Computed {
    let tx = Transaction::from_json(vector["tx"].to_string().as_bytes()).map_err(|error| error.to_string())?;
    let (id_ok, sig_ok) = (tx.id_holds(), tx.signature_holds());
    if tx.verify().is_ok() != (id_ok && sig_ok) {
        return Err("verify differs from its parts".into());
    }
    if Transaction::from_json(&tx.to_json()).ok().as_ref() != Some(&tx) {
        return Err("the JSON form does not round-trip".into());
    }
    Ok(json!({
        "signingDigest": hexs::encode(&tx.signing_bytes()),
        "idOk": id_ok,
        "sigOk": sig_ok,
        "owner": tx.owner_address(),
    }))
}

fn tree(input: &Value) -> Computed {
    enum Node {
        Blob(Vec<u8>),
        List(Vec<Node>),
    }
    fn read(input: &Value) -> Result<Node, String> {
        match input {
            Value::String(text) => b64::decode(text).map(Node::Blob).map_err(|error| error.to_string()),
            Value::Array(items) => items.iter().map(read).collect::<Result<_, _>>().map(Node::List),
            other => Err(format!("neither blob nor list: {other}")),
        }
    }
    fn view(node: &Node) -> DeepHash<'_> {
        match node {
            Node::Blob(bytes) => DeepHash::Blob(bytes),
            Node::List(items) => DeepHash::List(items.iter().map(view).collect()),
        }
    }
    Ok(json!({"hash": hexs::encode(&deep_hash(&view(&read(input)?)))}))
}

fn base64url(vector: &Value) -> Computed {
    let bytes = hexs::decode(text(vector, "hex")?).map_err(|error| error.to_string())?;
    let encoded = b64::encode(&bytes);
    if b64::decode(&encoded).ok().as_ref() != Some(&bytes) {
        return Err("does not round-trip".into());
    }
    Ok(json!({"text": encoded}))
}

fn owner(vector: &Value) -> Computed {
    Ok(json!({"address": Address::of_owner(&blob(vector, "owner")?)}))
}

/// The generator of the vectors' data.
fn generated(size: u64) -> Vec<u8> {
    let mut x = 0x1234_5678_u32;
    let next = |_| {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (x >> 24) as u8
    };
    (0..size).map(next).collect()
}

fn root(vector: &Value) -> Computed {
    let data = match vector["size"].as_u64() {
        None => blob(vector, "data")?,
        Some(size) if size > 64 << 20 => return Err(format!("{size} bytes are more than a vector may have")),
        Some(size) => generated(size),
    };
    if let Some(hash) = vector["dataSha256"].as_str()
        && hash != hexs::encode(&sha256(&data))
    {
        return Err("the generated data has another hash".into());
    }
    let root = data_root::root(&data, Split::Ceil).ok_or("empty data has no root")?;
    let floor = data_root::root(&data, Split::Floor).ok_or("empty data has no root")?;
    if !data_root::matches(&data, &root) || !data_root::matches(&data, &floor) {
        return Err("a root does not match its own data".into());
    }
    // The zero-length last chunk is part of the tree but listed nowhere.
    let mut proofs = proof::proofs(&data, Split::Ceil);
    proofs.retain(|proof| proof.chunk.min < proof.chunk.max);
    for proof in &proofs {
        let chunk = &data[proof.chunk.min..proof.chunk.max];
        if !proof::verify_chunk(&root, data.len(), proof.offset(), &proof.path, chunk) {
            return Err(format!("the proof at {} does not hold", proof.offset()));
        }
    }
    let chunks: Value = proofs.iter().map(|proof| json!([proof.chunk.min, proof.chunk.max])).collect();
    let listed: Value = proofs
        .iter()
        .map(|proof| json!([proof.offset(), proof.path.len(), hexs::encode(&sha256(&proof.path))]))
        .collect();
    Ok(json!({
        "dataRoot": b64::encode(&root),
        "dataRootFloor": b64::encode(&floor),
        "chunks": chunks,
        "proofs": listed,
        "lastProof": proofs.last().map(|proof| b64::encode(&proof.path)),
    }))
}

fn avro_tags(vector: &Value) -> Computed {
    let tags = vector["tags"].as_array().ok_or("the vector has no tags")?;
    let tags = tags
        .iter()
        .map(|tag| Ok(Tag::new(text(tag, "name")?, text(tag, "value")?)))
        .collect::<Result<Vec<_>, String>>()?;
    let encoded = avro::encode(&tags);
    if avro::decode(&encoded).as_ref() != Ok(&tags) {
        return Err("does not round-trip".into());
    }
    Ok(json!({"hex": hexs::encode(&encoded)}))
}

fn item(vector: &Value) -> Computed {
    let binary = blob(vector, "binary")?;
    let Ok(item) = ans104::DataItem::parse(&binary) else { return Ok(json!({"ok": false})) };
    Ok(json!({
        "ok": item.signature_holds(),
        "id": item.id(),
        "signatureType": item.signature_kind,
        "owner": b64::encode(item.owner),
        "target": b64::encode(item.target.map_or(&[][..], |target| target)),
        "anchor": b64::encode(item.anchor.map_or(&[][..], |anchor| anchor)),
        "tags": wire_tags(&item.tags),
        "data": b64::encode(item.data),
    }))
}

fn bundle(vector: &Value) -> Computed {
    let binary = blob(vector, "binary")?;
    let Ok(items) = ans104::parse_bundle(&binary) else { return Ok(json!({"ok": false})) };
    Ok(json!({
        "ok": items.iter().all(ans104::DataItem::signature_holds),
        "ids": items.iter().map(ans104::DataItem::id).collect::<Vec<_>>(),
    }))
}

fn batch(vector: &Value) -> Computed {
    let body = text(vector, "data")?.as_bytes();
    let items = rollup::parse(body).map_err(|error| error.to_string())?;
    if rollup::pack(&items) != body {
        return Err("packing gives another body".into());
    }
    let parent = |item: &rollup::Item| item.parent_id.map(|id| hexs::encode(&id)).unwrap_or_default();
    Ok(json!({
        "itemIds": items.iter().map(|item| hexs::encode(&item.tx_id)).collect::<Vec<_>>(),
        "parents": items.iter().map(parent).collect::<Vec<_>>(),
        "linked": rollup::first_break(&items).is_none(),
        "dataRoot": data_root::root(body, Split::Ceil).map(|root| b64::encode(&root)),
    }))
}
