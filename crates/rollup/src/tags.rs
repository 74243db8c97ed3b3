//! Tags of a batch transaction. The parent tag comes last: an older reader takes it from there.

use arweave::{Address, ArweaveId, Tag};

/// Value of the tag `App`.
pub const APP: &str = "everPay";
/// Value of the tag `Version`.
pub const VERSION: &str = "1.0.0";
/// Name of the tag that links to the batch before.
pub const PARENT_TAG: &str = "parent_id";

/// What the tags of a batch say. Only the parent is required; the rest is for the caller to require.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchTags {
    /// Tag `App`.
    pub app: Option<String>,
    /// Tag `Version`.
    pub version: Option<String>,
    /// Tag `Owner`: an Arweave address as text. A claim; the owner is who signed.
    pub owner: Option<String>,
    /// Tag `EthLocker`.
    pub locker: Option<String>,
    /// The batch before; `None` for the first (empty value).
    pub parent: Option<ArweaveId>,
}

/// Why tags are not those of a batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// No such tag.
    #[error("tag {0} is missing")]
    Missing(String),
    /// The tag occurs more than once, so that readers may differ.
    #[error("tag {0} occurs more than once")]
    Repeated(String),
    /// The tag has another value than required, or not the form of one.
    #[error("tag {0} has an unexpected value")]
    Value(String),
}

/// The tags of a batch, in turing's order.
pub fn tags(owner: &Address, locker: &str, parent: Option<ArweaveId>) -> Vec<Tag> {
    let parent = parent.map(|id| id.to_string()).unwrap_or_default();
    vec![
        Tag::new("App", APP),
        Tag::new("Version", VERSION),
        Tag::new("Owner", &owner.to_string()),
        Tag::new("EthLocker", locker),
        Tag::new(PARENT_TAG, &parent),
    ]
}

/// Reads the tags of a batch. Further tags are ignored.
///
/// # Errors
/// [`TagError`] if the parent is missing or malformed, or a tag that is read occurs twice.
pub fn parse_tags(tags: &[Tag]) -> Result<BatchTags, TagError> {
    let text = |name: &str| only(tags, name).map(|value| value.map(str::to_owned));
    let parent = match only(tags, PARENT_TAG)?.ok_or_else(|| TagError::Missing(PARENT_TAG.into()))? {
        "" => None,
        id => Some(id.parse().map_err(|_| TagError::Value(PARENT_TAG.into()))?),
    };
    Ok(BatchTags {
        app: text("App")?,
        version: text("Version")?,
        owner: text("Owner")?,
        locker: text("EthLocker")?,
        parent,
    })
}

/// Checks that each of these tags (name, value) is there once with this value.
///
/// # Errors
/// [`TagError`] for the first that is not.
pub fn require(tags: &[Tag], wanted: &[(String, String)]) -> Result<(), TagError> {
    for (name, value) in wanted {
        match only(tags, name)? {
            None => return Err(TagError::Missing(name.clone())),
            Some(found) if found != value => return Err(TagError::Value(name.clone())),
            Some(_) => {}
        }
    }
    Ok(())
}

fn only<'a>(tags: &'a [Tag], name: &str) -> Result<Option<&'a str>, TagError> {
    let mut found = tags.iter().filter(|tag| tag.name == name.as_bytes());
    let Some(tag) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        return Err(TagError::Repeated(name.to_owned()));
    }
    tag.value_str().map(Some).ok_or_else(|| TagError::Value(name.to_owned()))
}
