//! `everwatchd serve` as a browser and as strangers see it: key, cookie, names, limits, malformed requests, shutdown.
//!
//! The program is the real one; requests are written byte by byte, so that every header is what the test says.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(20);

/// A served page and what a person at the terminal knows.
struct Served {
    child: Child,
    port: u16,
    token: String,
    folder: TempDir,
}

/// A network whose only gateway is a port that nobody listens on.
fn network() -> Value {
    let owner = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";
    json!({
        "name": "Nowhere", "practice": true, "owner": owner, "gateways": ["http://127.0.0.1:9"], "depth": 2,
        "rules": {
            "owner": owner, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
            "lockers": {}, "tokens": {"listed": [serde_json::to_value(everpay::ar_token()).unwrap()]},
        },
    })
}

fn command(folder: &TempDir, more: &[&str]) -> Command {
    let file = folder.path().join("network.json");
    std::fs::write(&file, network().to_string()).unwrap();
    let mut command = Command::new(tests::everwatchd());
    command
        .arg("serve")
        .arg("--network")
        .arg(file)
        .arg("--data-dir")
        .arg(folder.path().join("data"))
        .args(more)
        .env("EVERWATCH_LOG", "trace")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(folder.path().join(format!("log-{}", more.len()))).unwrap());
    command
}

impl Served {
    fn start(more: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut child = command(&folder, more).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.map(Result::unwrap).find(|line| line.starts_with("http://")).unwrap();
        let (place, token) = address.split_once("/#token=").unwrap();
        let port = place.rsplit_once(':').unwrap().1.parse().unwrap();
        Self { child, port, token: token.to_owned(), folder }
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Sends one request as given and reads the whole answer.
    fn send(&self, head: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut text = format!("{head} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(format!("{text}\r\n{body}").as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Answer::read(&answer)
    }

    /// A request as the page's own script sends it.
    fn ask(&self, head: &str, cookie: &str, body: &str) -> Answer {
        let (host, origin) = (self.host(), format!("http://{}", self.host()));
        let headers = [
            ("Host", host.as_str()),
            ("Origin", &origin),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/json"),
            ("Cookie", cookie),
        ];
        self.send(head, &headers, body)
    }

    fn rpc(&self, cookie: &str, command: &str, request: Value) -> Answer {
        self.ask("POST /rpc", cookie, &json!({"command": command, "request": request}).to_string())
    }

    /// Exchanges the key for a cookie, `name=value`.
    fn sign_in(&self) -> String {
        let answer = self.ask("POST /session", "", &json!({"token": self.token}).to_string());
        assert_eq!(answer.status, 204, "{answer:?}");
        answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
    }

    fn wait_until_open(&self, cookie: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.rpc(cookie, "status", json!({}));
            if answer.status == 200 {
                return;
            }
            assert_eq!((answer.status, answer.code().as_str()), (503, "starting"), "{answer:?}");
            assert!(Instant::now() < deadline, "the core never opened");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn log(&self) -> String {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let logs = entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("log-"));
        logs.map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self { status: status.unwrap_or(0), headers, body: body.to_owned() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The code of an error in the commands' own form.
    fn code(&self) -> String {
        let error: Value = serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON error: {self:?}"));
        assert!(error["message"].is_string(), "{self:?}");
        error["code"].as_str().unwrap().to_owned()
    }
}

fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(Instant::now() < deadline, "the program did not end");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_key_opens_a_session_and_nothing_else_does() {
    let served = Served::start(&[]);
    assert_eq!(served.token.len(), 64);
    for (head, body) in [("POST /rpc", r#"{"command":"status","request":{}}"#), ("GET /events", "")] {
        for cookie in ["", "x=y", &format!("everwatch-{}={}", served.port, served.token), "everwatch=; ;;=="] {
            let answer = served.ask(head, cookie, body);
            assert_eq!((answer.status, answer.code().as_str()), (401, "unauthorized"), "{head} with {cookie}");
        }
    }
    let mut wrong = served.token.clone();
    let last = if wrong.pop() == Some('0') { '1' } else { '0' };
    wrong.push(last);
    for token in ["", &served.token[1..], &wrong, &served.token.to_uppercase()] {
        let answer = served.ask("POST /session", "", &json!({"token": token}).to_string());
        assert_eq!(answer.status, 401, "{token}");
        assert_eq!((answer.code().as_str(), answer.header("set-cookie")), ("unauthorized", None));
    }
    let answer = served.ask("POST /session", "", &json!({"token": served.token}).to_string());
    let cookie = answer.header("set-cookie").unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.split("; ").any(|have| have == part), "{cookie} without {part}");
    }
    assert!(!cookie.contains(&served.token));
    let cookie = served.sign_in();
    served.wait_until_open(&cookie);
    let status: Value = serde_json::from_str(&served.rpc(&cookie, "status", json!({})).body).unwrap();
    assert_eq!(status["network"], "Nowhere");
    assert_eq!(status["practice"], true);
    assert_eq!(status["notifications"], "off");
}

#[test]
fn strangers_are_refused_by_host_and_origin() {
    let served = Served::start(&[]);
    let cookie = served.sign_in();
    let (host, port) = (served.host(), served.port);
    let origin = format!("http://{host}");
    let localhost = format!("localhost:{port}");
    let body = r#"{"command":"status","request":{}}"#;
    let ask = |host: Option<&str>, origin: Option<&str>, site: Option<&str>| {
        let mut headers = vec![("Content-Type", "application/json"), ("Cookie", cookie.as_str())];
        headers.extend(host.map(|host| ("Host", host)));
        headers.extend(origin.map(|origin| ("Origin", origin)));
        headers.extend(site.map(|site| ("Sec-Fetch-Site", site)));
        served.send("POST /rpc", &headers, body)
    };
    let evil = format!("evil.example:{port}");
    let other_port = "127.0.0.1:1";
    for (host, origin, site) in [
        (Some(evil.as_str()), Some(origin.as_str()), None),
        (Some("127.0.0.1"), Some(&origin), None),
        (Some(other_port), Some(&origin), None),
        (Some(&host), None, None),
        (Some(&host), Some("null"), None),
        (Some(&host), Some("http://evil.example"), None),
        (Some(&host), Some("http://127.0.0.1:1"), None),
        (Some(&host), Some(&format!("https://{host}")), None),
        (Some(&host), Some(&format!("{origin}.evil.example")), None),
        (Some(&host), Some(&format!("{origin}/")), None),
        (Some(&host), Some(&origin), Some("cross-site")),
        (Some(&host), Some(&origin), Some("same-site")),
    ] {
        let answer = ask(host, origin, site);
        assert_eq!(answer.status, 403, "{host:?} {origin:?} {site:?}");
        assert_eq!(answer.code(), "forbidden");
    }
    assert!(matches!(ask(None, Some(&origin), None).status, 400 | 403));
    for (host, origin) in [(&host, &origin), (&localhost, &format!("http://{localhost}"))] {
        let answer = ask(Some(host), Some(origin), Some("same-origin"));
        assert!(matches!(answer.status, 200 | 503), "{host} {origin}: {answer:?}");
    }
    // Two Host headers, and a target that names somebody else.
    let twice = [("Host", host.as_str()), ("Host", "evil.example"), ("Cookie", &cookie)];
    assert!(matches!(served.send("GET /", &twice, "").status, 400 | 403));
    let absolute = served.send("GET http://evil.example/", &[("Host", &host)], "");
    assert_eq!(absolute.status, 403, "{absolute:?}");
    // Another site may link to the page, not fetch it.
    let link = [
        ("Host", host.as_str()),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
    ];
    assert_eq!(served.send("GET /", &link, "").status, 200);
    assert_eq!(served.send("GET /", &link[..2], "").status, 403);
}

#[test]
fn every_answer_is_dressed_and_pages_need_no_key() {
    let served = Served::start(&[]);
    let host = served.host();
    for (head, status) in [
        ("GET /", 200),
        ("GET /index.html", 200),
        ("GET /alerts", 200),
        ("HEAD /", 200),
        ("GET /missing.js", 404),
        ("GET /../Cargo.toml", 404),
        ("GET /%2e%2e/Cargo.toml", 404),
        ("POST /", 403),
        ("DELETE /", 405),
        ("GET /session", 405),
    ] {
        let answer = served.send(head, &[("Host", &host)], "");
        assert_eq!(answer.status, status, "{head}: {answer:?}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{head}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{head}");
        assert!(answer.header("access-control-allow-origin").is_none(), "{head}");
        assert!(answer.header("cache-control").is_some(), "{head}");
    }
    let page = served.send("GET /", &[("Host", &host)], "");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.body.to_lowercase().contains("<!doctype html>"), "{}", page.body);
}

#[test]
fn malformed_requests_get_an_error_and_change_nothing() {
    let served = Served::start(&[]);
    let cookie = served.sign_in();
    served.wait_until_open(&cookie);
    let long = format!(r#"{{"command":"search","request":{{"text":"{}"}}}}"#, "x".repeat(70_000));
    let deep = "[".repeat(20_000);
    for (body, status, code) in [
        ("", 400, "invalid_request"),
        ("{", 400, "invalid_request"),
        ("null", 400, "invalid_request"),
        ("\u{0}", 400, "invalid_request"),
        (deep.as_str(), 400, "invalid_request"),
        (r#"{"command":"status"}"#, 400, "invalid_request"),
        (r#"{"command":"nothing","request":{}}"#, 400, "invalid_request"),
        (r#"{"command":"batches","request":{"cursor":null,"limit":0}}"#, 400, "invalid_request"),
        (r#"{"command":"batches","request":{"cursor":null,"limit":201}}"#, 400, "invalid_request"),
        (r#"{"command":"batches","request":{"cursor":"-1","limit":1}}"#, 400, "invalid_request"),
        (r#"{"command":"transactions","request":{"cursor":"x","limit":1}}"#, 400, "invalid_request"),
        (r#"{"command":"transactions","request":{"limit":1,"account":"nobody"}}"#, 400, "invalid_account"),
        (r#"{"command":"transaction","request":{"everHash":"0x12"}}"#, 400, "invalid_request"),
        (r#"{"command":"balances","request":{"account":"'; drop table"}}"#, 400, "invalid_account"),
        (r#"{"command":"alert","request":{"key":"none"}}"#, 404, "not_found"),
        (long.as_str(), 413, "too_large"),
    ] {
        let answer = served.ask("POST /rpc", &cookie, body);
        let shown = &body[..body.len().min(80)];
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{shown}: {answer:?}");
    }
    let missing = format!("0x{}", "a".repeat(64));
    let answer = served.rpc(&cookie, "transaction", json!({"everHash": missing}));
    assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"));
    for body in ["", "{}", "[]", r#"{"token":7}"#, r#"{"token":"a","more":1}"#] {
        assert_eq!(served.ask("POST /session", "", body).code(), "invalid_request", "{body}");
    }
    assert_eq!(served.ask("POST /session", "", &format!(r#"{{"token":"{}"}}"#, "a".repeat(2_000))).status, 413);
    let (host, origin) = (served.host(), format!("http://{}", served.host()));
    let form = [("Host", host.as_str()), ("Origin", &origin), ("Cookie", &cookie), ("Content-Type", "text/plain")];
    let answer = served.send("POST /rpc", &form, r#"{"command":"status","request":{}}"#);
    assert_eq!((answer.status, answer.code().as_str()), (415, "invalid_request"));
    assert_eq!(served.ask("GET /rpc", &cookie, "").status, 405);
    assert_eq!(served.rpc(&cookie, "status", json!({})).status, 200);
}

#[test]
fn it_is_read_only_unless_told_otherwise() {
    let request = json!({"key": "none"});
    let served = Served::start(&[]);
    let answer = served.rpc(&served.sign_in(), "acknowledgeAlert", request.clone());
    assert_eq!((answer.status, answer.code().as_str()), (403, "read_only"));
    let served = Served::start(&["--allow-changes"]);
    let cookie = served.sign_in();
    served.wait_until_open(&cookie);
    let answer = served.rpc(&cookie, "acknowledgeAlert", request);
    assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"));
}

/// Opens an event stream and leaves the head behind. The status of a refusal comes back instead.
fn listen(served: &Served, cookie: &str) -> Result<BufReader<TcpStream>, u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!(
        "GET /events HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nAccept: text/event-stream\r\n\r\n",
        served.host()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).unwrap().parse().unwrap();
    while line.trim() != "" {
        line.clear();
        reader.read_line(&mut line).unwrap();
    }
    if status == 200 { Ok(reader) } else { Err(status) }
}

#[test]
fn events_arrive_in_order_and_streams_are_bounded() {
    let served = Served::start(&[]);
    let cookie = served.sign_in();
    let mut events = Vec::new();
    for line in listen(&served, &cookie).unwrap().lines().map(Result::unwrap) {
        if let Some(data) = line.strip_prefix("data:") {
            let event: Value = serde_json::from_str(data.trim()).unwrap();
            events.push((event["seq"].as_u64().unwrap(), event["body"]["type"].as_str().unwrap().to_owned()));
        }
        if events.len() == 3 {
            break;
        }
    }
    assert!(events.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1), "{events:?}");
    assert!(events.iter().any(|(_, kind)| kind == "status"), "{events:?}");
    let outcomes: Vec<_> = (0..40).map(|_| listen(&served, &cookie)).collect();
    let refused = outcomes.iter().filter(|outcome| matches!(outcome, Err(503))).count();
    assert!((7..=8).contains(&refused), "{refused} of 40 streams were refused");
    drop(outcomes);
    let deadline = Instant::now() + PATIENCE;
    while listen(&served, &cookie).is_err() {
        assert!(Instant::now() < deadline, "closed streams never made room");
        thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn the_key_is_in_no_log_and_a_signal_ends_it_cleanly() {
    let mut served = Served::start(&[]);
    let cookie = served.sign_in();
    served.ask("POST /session", "", &format!(r#"{{"token": {}}}"#, served.token));
    let _open = listen(&served, &cookie).unwrap();
    let pid = served.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let ended = wait(&mut served.child);
    assert_eq!(ended.code(), Some(0), "{}", served.log());
    let session = cookie.split_once('=').unwrap().1;
    let log = served.log();
    assert!(!log.contains(&served.token) && !log.contains(session), "a secret is in the log");
}

#[test]
fn it_says_what_is_wrong_with_its_call() {
    let served = Served::start(&[]);
    let refused = |more: &[&str], folder: &TempDir| {
        let mut child = command(folder, more).stderr(Stdio::piped()).spawn().unwrap();
        let ended = wait(&mut child);
        let mut told = String::new();
        child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!(ended.code(), Some(1), "{more:?}: {told}");
        assert!(!told.contains("panicked"), "{told}");
        told
    };
    let folder = TempDir::new().unwrap();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let told = refused(&["--listen", address], &folder);
        assert!(told.contains("is not a loopback address"), "{told}");
    }
    assert!(refused(&["--listen", &served.host()], &folder).contains("cannot listen on"));
    assert!(refused(&[], &served.folder).contains("another Everwatch uses"));
    let told = refused(&["--network", "/nowhere/network.json"], &folder);
    assert!(told.contains("--network") || told.contains("/nowhere/network.json"), "{told}");
}
