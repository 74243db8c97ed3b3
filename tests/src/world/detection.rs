//! Detectors on a world.

use std::ffi::OsString;

use devnet::{Child, Program};
use serde::Deserialize;
use serde_json::Value;

use super::{PATIENCE, World};
use crate::everwatchd::{everwatchd, run_everwatchd};

/// What `detect --once --json` prints at its end, and its exit code.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detection {
    /// Exit code.
    #[serde(skip)]
    pub code: Option<i32>,
    /// Height of the newest batch.
    pub height: Option<u64>,
    /// Batches applied.
    pub batches: u64,
    /// Transactions judged.
    pub transactions: u64,
    /// Of them rejected.
    pub rejected: u64,
    /// State root after them.
    pub state_root: String,
    /// Alerts, as printed.
    pub alerts: Vec<Value>,
}

impl Detection {
    /// Ids of the alerts.
    #[must_use]
    pub fn alert_ids(&self) -> Vec<&str> {
        self.alerts.iter().map(|alert| alert["id"].as_str().unwrap()).collect()
    }
}

impl World {
    /// Arguments of a detector on this world that asks `gateway` and keeps its data in `folder`.
    #[must_use]
    pub fn detect_args(&self, gateway: &str, folder: &str) -> Vec<OsString> {
        self.detect_args_on("network.json", gateway, folder)
    }

    /// The same on another network file of this world.
    #[must_use]
    pub fn detect_args_on(&self, network: &str, gateway: &str, folder: &str) -> Vec<OsString> {
        let owner = self.owner.address().to_string();
        let mut args: Vec<OsString> = ["detect", "--gateway", gateway, "--owner", &owner].map(Into::into).into();
        args.extend(["--coordinator", self.api.url()].map(Into::into));
        args.extend(self.paths([("--network", network), ("--data-dir", folder)]));
        args
    }

    /// Runs `detect --once --json` against this world's gateway with the data in `folder`.
    pub async fn detect_once(&self, folder: &str) -> Detection {
        self.detect_once_from(&self.gateway.url(), folder).await
    }

    /// The same against another gateway.
    pub async fn detect_once_from(&self, gateway: &str, folder: &str) -> Detection {
        Self::detect_with(self.detect_args(gateway, folder)).await
    }

    /// The same with these arguments of a detector.
    pub async fn detect_with(mut args: Vec<OsString>) -> Detection {
        args.extend(["--once", "--json"].map(Into::into));
        let ended = run_everwatchd(PATIENCE, args).await;
        let last = ended.out.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
        let mut detection: Detection = serde_json::from_str(last).unwrap_or_else(|fault| panic!("{fault}: {ended:?}"));
        detection.code = ended.code;
        detection
    }

    /// A detector that keeps running; its standard output are JSON lines.
    #[must_use]
    pub fn start_detector(&self, folder: &str) -> Child {
        self.start_detector_on("network.json", folder)
    }

    /// The same on another network file of this world.
    #[must_use]
    pub fn start_detector_on(&self, network: &str, folder: &str) -> Child {
        let mut program = Program::new("detector", everwatchd());
        program.args = std::iter::once("--exit-with-parent".into()).collect();
        program.args.extend(self.detect_args_on(network, &self.gateway.url(), folder));
        program.args.push("--json".into());
        Child::spawn(&program).unwrap()
    }
}
