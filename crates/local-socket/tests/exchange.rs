//! Questions and answers as two processes of one user exchange them, and what strangers to the form get.
#![allow(clippy::unwrap_used, reason = "tests")]

use local_socket::{Listener, Service, SocketError, ask};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

const SERVICE: Service =
    Service { file: "s.sock", request_max: 100, answer_max: 1_000, exchange_max: Duration::from_millis(500) };

async fn echo(line: serde_json::Result<String>) -> String {
    match line {
        Ok(text) if text == "sleep" => {
            tokio::time::sleep(Duration::from_secs(5)).await;
            text
        }
        Ok(text) if text == "much" => text.repeat(1_000),
        Ok(text) => text,
        Err(_) => "no text".to_owned(),
    }
}

fn open(dir: &Path) -> tokio::task::JoinHandle<()> {
    tokio::spawn(Listener::open(dir, SERVICE).unwrap().serve(echo))
}

async fn say(dir: &Path, text: &str) -> Result<String, SocketError> {
    ask(dir, SERVICE, &text).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_in_a_directory_of_any_length_is_its_users_alone_and_goes_with_its_listener() {
    let folder = tempfile::tempdir().unwrap();
    for length in [0, 60, 120, 200] {
        let dir = folder.path().join("d".repeat(length));
        std::fs::create_dir_all(&dir).unwrap();
        assert!(matches!(say(&dir, "hello").await, Err(SocketError::Nobody { .. })), "{length}");
        std::fs::write(dir.join(SERVICE.file), "left by a crash").unwrap();
        let serving = open(&dir);
        let mode = std::fs::metadata(dir.join(SERVICE.file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(say(&dir, "hello").await.unwrap(), "hello", "{length}");
        serving.abort();
        assert!(serving.await.unwrap_err().is_cancelled());
        assert!(!dir.join(SERVICE.file).exists());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_long_too_slow_or_no_json_ends_in_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let _serving = open(dir);
    assert_eq!(say(dir, &"x".repeat(200)).await.unwrap(), "no text", "a request beyond the bound is cut off");
    assert!(matches!(say(dir, "much").await, Err(SocketError::Answer(_))));
    assert!(matches!(say(dir, "sleep").await, Err(SocketError::Silent | SocketError::Answer(_))));
    assert!(matches!(ask::<_, u64>(dir, SERVICE, &"text").await, Err(SocketError::Answer(_))), "another type");
    let raw = |bytes: &[u8]| {
        let mut stream = std::os::unix::net::UnixStream::connect(dir.join(SERVICE.file)).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map(|_| answer)
    };
    assert_eq!(raw(b"{\n").unwrap(), "\"no text\"\n");
    assert_eq!(raw(b"\"no line end").unwrap(), "", "nothing more comes in time");
    assert_eq!(say(dir, "still here").await.unwrap(), "still here");
}
