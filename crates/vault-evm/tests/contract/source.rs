//! The compiled form in the repository against its source, and against the interface of everPay's own contract.

use std::path::{Path, PathBuf};
use std::process::Command;

use alloy::sol;
use vault_evm::contract::EverwatchVault as Ours;

fn contracts() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../contracts")
}

fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn the_artifacts_are_what_the_compiler_makes_of_the_source() {
    let fresh = tempfile::tempdir().unwrap();
    let compiled = Command::new("node").arg(contracts().join("compile.mjs")).arg(fresh.path()).output().unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    assert!(files(fresh.path()) == files(&contracts().join("artifacts")), "run \"make contracts\"");
}

sol! {
    /// everPay's contract, as section 12 of the protocol lists it.
    interface Theirs {
        event Submission(bytes32 indexed id, uint256 indexed proposalID, bytes32 indexed everHash, address owner, address to, uint256 value, bytes data);
        event SubmissionFailure(bytes32 indexed id, uint256 indexed proposalID, bytes32 indexed everHash, address owner, address to, uint256 value, bytes data);
        event Execution(bytes32 indexed id, uint256 indexed proposalID, bytes32 indexed everHash, address to, uint256 value, bytes data);
        event ExecutionFailure(bytes32 indexed id, uint256 indexed proposalID, bytes32 indexed everHash, address to, uint256 value, bytes data);
        event Deposit(address indexed sender, uint256 value);
        event OwnerAddition(address indexed owner);
        event OwnerRemoval(address indexed owner);
        event RequirementChange(uint256 required);
        event OperatorChange(address indexed operator);
        event PausedChange(bool paused);
        function submit(uint256 proposalID, bytes32 everHash, address to, uint256 value, bytes data, bytes[] sigs) external returns (bytes32, bool);
        function executes(address[] to, uint256[] value, bytes[] data) external payable;
        function addOwner(address owner) external;
        function removeOwner(address owner) external;
        function replaceOwner(address owner, address newOwner) external;
        function changeRequirement(uint256 required) external;
        function setOperator(address operator) external;
        function setPaused(bool paused) external;
        function getOwners() external view returns (address[]);
        function getRequire() external view returns (uint256);
        function getOperator() external view returns (address);
        function getPaused() external view returns (bool);
        function isOwner(address account) external view returns (bool);
        function executed(bytes32 id) external view returns (bool);
        function confirmations(bytes32 id, address owner) external view returns (bool);
        function isConfirmed(bytes32 id) external view returns (bool);
        function txHash(uint256 proposalID, bytes32 everHash, address to, uint256 value, bytes data) external view returns (bytes32);
        function ecAddress(bytes32 id, bytes sig) external pure returns (address);
        function chainID() external view returns (uint256);
    }
}

#[test]
fn every_function_and_event_of_everpays_contract_is_there() {
    for selector in Theirs::TheirsCalls::SELECTORS {
        assert!(Ours::EverwatchVaultCalls::SELECTORS.contains(selector), "{selector:02x?}");
    }
    for selector in Theirs::TheirsEvents::SELECTORS {
        assert!(Ours::EverwatchVaultEvents::SELECTORS.contains(selector), "{selector:02x?}");
    }
}

/// The vectors carry the selectors as everPay's compiled contract has them.
#[test]
fn the_selectors_of_the_vectors_are_there() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/everpay/contract.json");
    let file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut checked = 0;
    for vector in file["vectors"].as_array().unwrap().iter().filter(|vector| vector["kind"] == "contract-selector") {
        let value = crypto::hexs::decode(vector["expect"]["value"].as_str().unwrap().trim_start_matches("0x")).unwrap();
        let known = match value.len() {
            4 => Ours::EverwatchVaultCalls::SELECTORS.iter().any(|selector| selector[..] == value[..]),
            _ => Ours::EverwatchVaultEvents::SELECTORS.iter().any(|selector| selector[..] == value[..]),
        };
        assert!(known, "{}", vector["id"]);
        checked += 1;
    }
    assert!(checked > 0);
}
