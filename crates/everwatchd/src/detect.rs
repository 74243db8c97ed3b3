//! `everwatchd detect`: the detector on a terminal.
//!
//! Exit codes: 0 clean, 2 alerts, 3 unfinished or undecidable, 1 a wrong call or a fault.

use crate::rpc::{self, ChainNode};
use anyhow::{Context, bail};
use detector::{Alert, Config, DEPTH_DEFAULT, Detector, View};
use oracle::network::NetworkFile;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::sync::watch;

/// Arguments of `detect`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Base URL of an Arweave gateway; several are asked and must agree.
    #[arg(long, value_name = "URL", num_args = 1.., required_unless_present = "network")]
    gateway: Vec<String>,
    /// Arweave address that writes the batches.
    // One address in 64 begins with a hyphen.
    #[arg(long, value_name = "ADDRESS", required_unless_present = "network", allow_hyphen_values = true)]
    owner: Option<String>,
    /// A tag that every batch must carry.
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_tag)]
    tag: Vec<(String, String)>,
    /// Base URL of the coordinator: its rules are taken at the first start, its state root is compared.
    #[arg(long, value_name = "URL")]
    coordinator: Option<String>,
    /// A network file; options given beside it win over its members.
    #[arg(long, value_name = "FILE")]
    network: Option<PathBuf>,
    /// A JSON-RPC node of an EVM chain, instead of those that the network file names for it; may be repeated.
    #[arg(long, value_name = "CHAIN=URL", value_parser = rpc::parse)]
    rpc: Vec<ChainNode>,
    /// Directory of the database.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// Blocks that make a batch confirmed.
    #[arg(long, value_name = "BLOCKS", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    depth: Option<u64>,
    /// Judge what can be read now, then report and stop.
    #[arg(long)]
    once: bool,
    /// Report as JSON: one final object with --once, one line per alert without.
    #[arg(long)]
    json: bool,
}

fn parse_tag(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a tag is given as NAME=VALUE".to_owned()),
    }
}

pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = config(&args)?;
    let mut detector = Detector::open(config).await?;
    if args.once {
        detector.once().await?;
        return report(&detector.view(), args.json);
    }
    watch_until_stopped(&mut detector, args.json).await?;
    Ok(ExitCode::SUCCESS)
}

fn config(args: &Args) -> anyhow::Result<Config> {
    let mut config = match &args.network {
        Some(path) => {
            let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let mut network = NetworkFile::parse(&text)?;
            rpc::replace(&mut network.evm, &args.rpc)?;
            network.validate()?;
            Config::from_network(&network, args.data_dir.clone())?
        }
        None if !args.rpc.is_empty() => bail!("--rpc needs --network, which describes the chain"),
        None => Config {
            owner: owner(args)?,
            tags: Vec::new(),
            gateways: Vec::new(),
            coordinator: None,
            depth: DEPTH_DEFAULT,
            deposit_confirmations: BTreeMap::new(),
            evm: BTreeMap::new(),
            rules: None,
            data_dir: args.data_dir.clone(),
            poll: Duration::from_secs(5),
        },
    };
    if args.owner.is_some() {
        config.owner = owner(args)?;
    }
    if !args.gateway.is_empty() {
        config.gateways.clone_from(&args.gateway);
    }
    if !args.tag.is_empty() {
        config.tags.clone_from(&args.tag);
    }
    if args.coordinator.is_some() {
        config.coordinator.clone_from(&args.coordinator);
    }
    config.depth = args.depth.unwrap_or(config.depth);
    Ok(config)
}

fn owner(args: &Args) -> anyhow::Result<arweave::Address> {
    let Some(text) = &args.owner else { bail!("--owner is missing") };
    text.parse().with_context(|| format!("{text:?} is not an Arweave address"))
}

/// The final report of `--once`, and the exit code that says the same.
fn report(view: &View, json: bool) -> anyhow::Result<ExitCode> {
    let status = view.status();
    let open: Vec<Alert> = view.alerts().into_iter().filter(|alert| !alert.closed).collect();
    let mut out = std::io::stdout().lock();
    if json {
        let alerts: Vec<_> = open.iter().map(alert_json).collect();
        let object = serde_json::json!({
            "height": status.height.or(status.tip),
            "batches": status.batches,
            "transactions": status.transactions,
            "rejected": status.rejected,
            "undecidable": status.undecidable,
            "notCheckable": status.not_checkable,
            "stateRoot": status.state_root,
            "unfinished": status.unfinished.as_ref().map(|u| serde_json::json!({"code": u.code, "subject": u.subject})),
            "alerts": alerts,
        });
        writeln!(out, "{object}")?;
    } else {
        writeln!(
            out,
            "{} batches, {} transactions, {} rejected, {} undecidable; state root {}",
            status.batches, status.transactions, status.rejected, status.undecidable, status.state_root
        )?;
        for alert in &open {
            writeln!(out, "ALERT {}", alert.message())?;
        }
        if let Some(unfinished) = &status.unfinished {
            writeln!(out, "unfinished: {} {}", unfinished.code, unfinished.subject)?;
        }
    }
    Ok(match () {
        () if !open.is_empty() => ExitCode::from(2),
        () if status.unfinished.is_some() || status.undecidable > 0 || status.not_checkable > 0 => ExitCode::from(3),
        () => ExitCode::SUCCESS,
    })
}

fn alert_json(alert: &Alert) -> serde_json::Value {
    serde_json::json!({
        "id": alert.rule.id(),
        "severity": alert.severity,
        "everHash": alert.place.ever_hash,
        "batch": alert.place.batch_id,
        "message": alert.message(),
    })
}

/// Watches until a signal, and says every alert once.
async fn watch_until_stopped(detector: &mut Detector, json: bool) -> anyhow::Result<()> {
    let (stop, stopped) = watch::channel(false);
    let mut notices = detector.view().subscribe();
    let teller = tokio::spawn(async move {
        loop {
            match notices.recv().await {
                Ok(detector::model::Notice::Alert(alert, true)) => tell(&alert, json),
                Ok(_) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
            }
        }
    });
    tokio::spawn(async move {
        crate::signal::stopped().await;
        let _ = stop.send(true);
    });
    detector.run(stopped).await?;
    teller.abort();
    Ok(())
}

fn tell(alert: &Alert, json: bool) {
    let line = if json { alert_json(alert).to_string() } else { format!("ALERT {}", alert.message()) };
    // A closed terminal must not end the watching.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Call {
        #[command(flatten)]
        args: Args,
    }

    fn call(args: &[&str]) -> Result<Args, clap::Error> {
        Call::try_parse_from(["detect", "--data-dir", "d"].iter().chain(args)).map(|call| call.args)
    }

    #[test]
    fn an_address_may_begin_with_a_hyphen() {
        let address = "-4fc1vJB1cRs2Xap_lXE1sPW9xjcaDGrHN8bqXG3ATQ";
        let args = call(&["--owner", address, "--gateway", "http://a", "http://b", "--once"]).unwrap();
        assert_eq!(owner(&args).unwrap().to_string(), address);
        assert_eq!((args.gateway.len(), args.once), (2, true));
    }

    #[test]
    fn what_is_missing_or_malformed_is_refused() {
        assert!(call(&["--gateway", "http://a"]).is_err(), "no owner");
        assert!(call(&["--owner", "x"]).is_err(), "no gateway");
        assert!(call(&["--network", "n", "--tag", "App"]).is_err(), "a tag without a value");
        assert!(call(&["--network", "n", "--depth", "0"]).is_err(), "no depth");
        assert!(owner(&call(&["--owner", "x", "--gateway", "http://a"]).unwrap()).is_err());
    }
}
