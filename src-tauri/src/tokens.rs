//! Where the token lives: the system's keyring; where there is none, this run's memory, or a file if the user agrees.
//!
//! Never the database, the settings, the webview or a log.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use keyring::v1::{Entry, Error};
use sync::effect::{TokenName, TokenPlace};
use sync::view::TokenKept;
use sync::{Token, Tokens};

use crate::logs;

const SERVICE: &str = "hotelmate-console";

/// See the module.
#[derive(Debug)]
pub(crate) struct TokenStore {
    file: PathBuf,
    /// For when nothing else holds.
    run: Mutex<BTreeMap<String, String>>,
}

impl TokenStore {
    /// `file` is written only if the user agreed.
    pub(crate) fn new(file: PathBuf) -> Self {
        Self {
            file,
            run: Mutex::default(),
        }
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_file(&self) -> BTreeMap<String, String> {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn write_file(&self, tokens: &BTreeMap<String, String>) -> std::io::Result<()> {
        if tokens.is_empty() {
            return match std::fs::remove_file(&self.file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let folder = self.file.parent().unwrap_or_else(|| std::path::Path::new("."));
        // Readable by its owner alone from the first byte on, and never half written.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(serde_json::to_string(tokens)?.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.file)?;
        Ok(())
    }
}

impl Tokens for TokenStore {
    fn load(&self, name: &TokenName) -> Option<(Token, TokenKept)> {
        let name = entry_name(name);
        // While there is a file, it has the newest: whoever agreed to it is not asked again, nor is the keyring.
        let filed = self.read_file().remove(&name);
        let found = filed.map(|secret| (secret, TokenKept::File)).or_else(|| {
            let kept = Entry::new(SERVICE, &name).and_then(|entry| entry.get_password());
            kept.inspect_err(|error| tracing::info!(%error, "the keyring has no token"))
                .ok()
                .map(|secret| (secret, TokenKept::Keyring))
        });
        found.map(|(secret, kept)| {
            logs::hide(&secret);
            (Token::new(secret), kept)
        })
    }

    fn store(&self, name: &TokenName, token: &Token, place: TokenPlace) -> TokenKept {
        logs::hide(token.reveal());
        let name = entry_name(name);
        let mut filed = self.read_file();
        // Who agreed to a file once is not asked at each sign-in.
        if place == TokenPlace::File || filed.contains_key(&name) {
            filed.insert(name.clone(), token.reveal().to_owned());
            match self.write_file(&filed) {
                Ok(()) => return TokenKept::File,
                Err(error) => tracing::error!(%error, "the token's file could not be written"),
            }
        }
        match Entry::new(SERVICE, &name).and_then(|entry| entry.set_password(token.reveal())) {
            Ok(()) => TokenKept::Keyring,
            Err(error) => {
                tracing::warn!(%error, "there is no keyring");
                self.memory().insert(name, token.reveal().to_owned());
                TokenKept::ThisRun
            }
        }
    }

    fn forget(&self, name: &TokenName) -> bool {
        let name = entry_name(name);
        let mut is_elsewhere = self.memory().remove(&name).is_some();
        let mut is_out_of_file = true;
        let mut filed = self.read_file();
        if filed.remove(&name).is_some() {
            is_elsewhere = true;
            if let Err(error) = self.write_file(&filed) {
                tracing::error!(%error, "the token's file could not be changed");
                is_out_of_file = false;
            }
        }
        let deleted = Entry::new(SERVICE, &name).and_then(|entry| entry.delete_credential());
        is_out_of_file && is_out_of_keyring(deleted, is_elsewhere)
    }
}

/// `was_elsewhere`: the token was kept otherwise, since the keyring did not take it when it was stored.
fn is_out_of_keyring(deleted: Result<(), Error>, was_elsewhere: bool) -> bool {
    match deleted {
        Ok(()) | Err(Error::NoEntry) => true,
        // One that is locked is there, and may hold what an earlier run put into it: servers give the same token again.
        Err(error) if was_elsewhere && !matches!(error, Error::NoStorageAccess(_)) => {
            tracing::debug!(%error, "no keyring was asked to forget a token");
            true
        }
        Err(error) => {
            tracing::warn!(%error, "the keyring may still hold a token that it should forget");
            false
        }
    }
}

fn entry_name(name: &TokenName) -> String {
    format!("{} at {}", name.username, name.api_url)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Without a session bus there is no keyring; `cargo xtask test` provides one for the whole-window tests, which use it.
    #[cfg(unix)]
    #[test]
    fn a_token_in_a_file_is_its_owners_alone_and_goes_when_forgotten() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let store = TokenStore::new(folder.path().join("token.json"));
        let name = TokenName {
            api_url: "https://hotel.example/api".into(),
            username: "frontdesk".into(),
        };
        let token = Token::new("d686secret");
        assert_eq!(store.store(&name, &token, TokenPlace::File), TokenKept::File);
        let mode = std::fs::metadata(folder.path().join("token.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(store.read_file().values().collect::<Vec<_>>(), ["d686secret"]);
        assert!(store.forget(&name));
        assert!(!folder.path().join("token.json").exists());
    }

    #[test]
    fn a_token_is_gone_unless_a_keyring_that_may_hold_it_refuses() {
        let locked = || Err(Error::NoStorageAccess("locked".into()));
        let absent = || Err(Error::PlatformFailure("no such service".into()));
        assert!(is_out_of_keyring(Ok(()), false));
        assert!(is_out_of_keyring(Err(Error::NoEntry), false));
        assert!(is_out_of_keyring(absent(), true), "it never had it");
        assert!(!is_out_of_keyring(absent(), false));
        assert!(!is_out_of_keyring(locked(), false));
        assert!(
            !is_out_of_keyring(locked(), true),
            "an earlier run may have put it there"
        );
    }
}
