//! The words of native questions, in both languages: one table.
//!
//! Pages have their sentences in `ui/messages/`; these are the only ones that no page can change.

use crate::settings::Language;

macro_rules! words {
    ($($name:ident: $en:literal, $zh:literal;)*) => {
        /// A word or sentence of a native question.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Word {
            $($name,)*
        }

        impl Word {
            /// It, in a language.
            pub(crate) const fn of(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, Language::English) => $en,
                    (Self::$name, Language::Chinese) => $zh,)*
                }
            }
        }
    };
}

words! {
    Cancel: "Cancel", "取消";
    LinesLeftOut: "further lines:", "其余行数:";
    CannotBeUndone: "This cannot be undone.", "此操作无法撤销。";

    RemoveKey: "Remove this key from the keystore?", "从密钥库中移除此密钥?";
    Remove: "Remove", "移除";
    RemoveKeyLoses: "Without a backup or its phrase the account is lost for good.", "若无备份或助记词,该账户将永久丢失。";
    Label: "Label", "标签";
    Account: "Account", "账户";
    Kind: "Kind", "类型";

    RestoreKeys: "Restore these keys from the backup?", "从备份恢复这些密钥?";
    Restore: "Restore", "恢复";
    File: "File", "文件";
    Added: "Added", "新增";
    Replaced: "Replaced by the backup's", "以备份替换";

    SaveBackup: "Save the backup of the keystore", "保存密钥库备份";
    OpenBackup: "Open a backup of the keystore", "打开密钥库备份";
    SaveText: "Save as", "另存为";

    Withdraw: "Sign this withdrawal?", "签署此提现?";
    SignAndSend: "Sign and send", "签署并发送";
    From: "From", "付款账户";
    To: "To", "收款地址";
    Chain: "Chain", "链";
    Amount: "Amount", "金额";
    Fee: "Fee", "手续费";
    Total: "Leaves the account", "账户支出合计";
    PaidOut: "Paid out", "链上支付";
    Token: "Token", "代币";
    EverHash: "everHash", "everHash";
    WithdrawFinal: "What is burned on the ledger is paid on the chain to this address alone.", "账本上销毁的资产只会在链上付给此地址。";
    ApprovePayout: "Approve and sign this payout?", "批准并签署此笔付款?";
    ApproveAndSign: "Approve and sign", "批准并签署";
    ChainsCoin: "Paid in the chain's own coin.", "以该链的原生币支付。";
    Vault: "Vault", "金库";
    Batch: "Batch", "批次";
    CheckWords: "Check words", "校验词";
    Digest: "Digest", "摘要";
    ReopenPayout: "Let this payout try again?", "允许此笔付款重试?";
    TryAgain: "Try again", "重试";
    NotPaidBecause: "Not paid because", "未付原因";
    RearmVault: "Arm this vault again?", "重新启用此金库?";
    ArmAgain: "Arm again", "重新启用";
    Cause: "Cause", "原因";
    WhyAgain: "Why it may pay again", "恢复付款的理由";
    PardonMember: "Count this watchman's signatures again?", "重新承认此守望人的签名?";
    TakeBack: "Take back", "恢复";
    Watchman: "Watchman", "守望人";
    SignedOtherwise: "It was found to have signed what no burn justifies.", "已发现它签署了没有销毁依据的内容。";
    SavePolicy: "Put this policy in force?", "启用此策略?";
    SaveRoster: "Put this roster of watchmen in force?", "启用此守望人名册?";
    PutInForce: "Put in force", "启用";
    Loosens: "Loosens", "放宽";
    SetUpWatchman: "Let this program sign payouts as a watchman?", "允许本程序作为守望人签署付款?";
    SetUp: "Set up", "设置";
    ReachedAt: "Reached at", "联络地址";
    OnlyIdentity: "Only its identity is made now, for you to tell the others.", "现在只生成身份,供您告知其他守望人。";

    InviteToKey: "Invite these watchmen to make a shared key?", "邀请这些守望人共同生成共享密钥?";
    Invite: "Invite", "邀请";
    SharedKey: "Shared key", "共享密钥";
    Network: "Network", "网络";
    SignTogether: "Sign together", "共同签署人数";
    ThisProgram: "This program", "本程序";
    Member: "Member", "成员";
    CompareFirst: "Compare every member's check words by voice before you join.", "加入之前,请通过语音逐一核对每位成员的校验词。";
    JoinCreate: "Join in making this shared key?", "加入生成此共享密钥?";
    JoinRefresh: "Join in giving all members of this key new shares?", "加入为此密钥的所有成员更换份额?";
    JoinRemoval: "Join in leaving a member out of this key?", "加入将一名成员移出此密钥?";
    JoinRepair: "Join in restoring a member's share of this key?", "加入恢复一名成员的密钥份额?";
    Join: "Join", "加入";
    BeginRefresh: "Give all members of this key new shares?", "为此密钥的所有成员更换份额?";
    BeginRemoval: "Leave a member out of this key?", "将一名成员移出此密钥?";
    BeginRepair: "Restore a member's share of this key?", "恢复一名成员的密钥份额?";
    Begin: "Begin", "开始";
    LeftOut: "Left out", "移出的成员";
    ShareFor: "Share restored for", "恢复其份额的成员";
    Fingerprint: "Fingerprint", "指纹";
    SameWords: "All who take part must see the same check words of the ceremony.", "所有参与者看到的仪式校验词必须相同。";
    OldSharesSign: "Whoever stole enough old shares before still signs with them until the funds move to a new key.", "此前窃得足够旧份额的人,在资金转移到新密钥之前仍可用其签署。";
    RestoreShare: "Take this share into use from the backup?", "从备份启用此份额?";
    TakeIntoUse: "Take into use", "启用";
    Generation: "Generation", "代";
    SaveShareBackup: "Save the backup of the share", "保存份额备份";
    OpenShareBackup: "Open a backup of a share", "打开份额备份";
    SaveProof: "Save the evidence", "保存证据";
    ApproveSession: "Approve and sign this Bitcoin transaction?", "批准并签署此比特币交易?";
    Pays: "Pays", "支付";
    BackToKey: "Back to the key", "返回此密钥";
    Spends: "Spends", "花费";
    FeeRate: "Fee rate", "费率";
    LeavesKey: "Leaves the key", "离开此密钥合计";
    Transaction: "Transaction", "交易";

    NewRecipient: "This ledger has never paid this address for this account.", "此账本从未为该账户向此地址付款。";
}
