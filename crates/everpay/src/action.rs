//! What a transaction asks for (section 7).

use std::fmt;

macro_rules! actions {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal,)*) => {
        /// The action of a transaction.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[doc = $doc])* $name,)*
            /// A word that no published rule knows; it is refused when executed.
            Unknown,
        }

        impl Action {
            /// Reads the protocol's word.
            #[must_use]
            pub fn parse(text: &str) -> Self {
                match text { $($text => Self::$name,)* _ => Self::Unknown }
            }

            /// The protocol's word; `unknown` for a word that no rule knows.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* Self::Unknown => "unknown" }
            }
        }
    };
}

actions! {
    /// Moves an amount to another account.
    Transfer = "transfer",
    /// Credits a deposit made on a source chain.
    Mint = "mint",
    /// Destroys an amount to be paid out on a target chain.
    Burn = "burn",
    /// A transfer with atomic inner transfers.
    Bundle = "bundle",
    /// Administration of the token list.
    Set = "set",
    /// A change of an EverID's keys.
    SetAcc = "setAcc",
    /// The first key of an EverID.
    Register = "register",
    /// A new owner for a native token.
    TransferOwner = "transferOwner",
    /// Additions to a native token's white list.
    AddWhiteList = "addWhiteList",
    /// Removals from a native token's white list.
    RemoveWhiteList = "removeWhiteList",
    /// Additions to a native token's black list.
    AddBlackList = "addBlackList",
    /// Removals from a native token's black list.
    RemoveBlackList = "removeBlackList",
    /// The switch of a native token's white list.
    PauseWhiteList = "pauseWhiteList",
    /// The switch of a native token's black list.
    PauseBlackList = "pauseBlackList",
    /// The switch of a native token.
    Pause = "pause",
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
