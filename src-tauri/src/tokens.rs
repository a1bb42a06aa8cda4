//! Where the token lives: the system's keyring; where there is none, the engine's memory for this run, or a file if the user agrees.
//!
//! Never the database, the settings, the webview or a log.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use keyring_core::Error;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sync::effect::{TokenName, TokenPlace};
use sync::view::TokenKept;
use sync::{Token, Tokens};

use crate::logs;
use crate::system_keyring::SystemKeyring;

/// Beside the tokens' file, and without any token.
const IN_KEYRING: &str = "keyring-names.json";

/// See the module.
pub(crate) struct TokenStore {
    file: PathBuf,
    keyring: SystemKeyring,
    /// What no keyring took in this run, which the engine remembers until the program ends.
    refused: Mutex<BTreeSet<String>>,
}

impl TokenStore {
    /// `file` is written only if the user agreed.
    pub(crate) fn new(file: PathBuf, keyring: SystemKeyring) -> Self {
        Self {
            file,
            keyring,
            refused: Mutex::default(),
        }
    }

    fn refused(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_file(&self) -> BTreeMap<String, String> {
        read(&self.file)
    }

    fn write_file(&self, tokens: &BTreeMap<String, String>) -> std::io::Result<()> {
        write(&self.file, tokens, tokens.is_empty())
    }

    /// Whether this run or an earlier one has put the entry into the keyring, which may be away when it is to forget it.
    fn is_noted(&self, name: &str) -> bool {
        read::<BTreeSet<String>>(&self.file.with_file_name(IN_KEYRING)).contains(name)
    }

    fn note(&self, name: &str, is_in_keyring: bool) {
        let file = self.file.with_file_name(IN_KEYRING);
        let mut names: BTreeSet<String> = read(&file);
        let is_changed = match is_in_keyring {
            true => names.insert(name.to_owned()),
            false => names.remove(name),
        };
        if is_changed && let Err(error) = write(&file, &names, names.is_empty()) {
            tracing::warn!(%error, "what the keyring holds could not be noted");
        }
    }
}

fn read<T: DeserializeOwned + Default>(file: &Path) -> T {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn write(file: &Path, content: &impl Serialize, is_empty: bool) -> std::io::Result<()> {
    if is_empty {
        return match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    // Readable by its owner alone from the first byte on, and never half written.
    let mut aside = tempfile::NamedTempFile::new_in(folder)?;
    aside.write_all(serde_json::to_string(content)?.as_bytes())?;
    aside.as_file().sync_all()?;
    aside.persist(file)?;
    Ok(())
}

impl Tokens for TokenStore {
    fn load(&self, name: &TokenName) -> Option<(Token, TokenKept)> {
        let name = entry_name(name);
        // While there is a file, it has the newest: whoever agreed to it is not asked again, nor is the keyring.
        let filed = self.read_file().remove(&name);
        let found = filed.map(|secret| (secret, TokenKept::File)).or_else(|| {
            let kept = self.keyring.with(&name, |entry| entry.get_password());
            let secret = kept
                .inspect_err(|error| tracing::info!(%error, "the keyring has no token"))
                .ok()?;
            self.note(&name, true);
            Some((secret, TokenKept::Keyring))
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
        match self
            .keyring
            .with(&name, |entry| entry.set_password(token.reveal()))
        {
            Ok(()) => {
                self.note(&name, true);
                TokenKept::Keyring
            }
            Err(error) => {
                tracing::warn!(%error, "there is no keyring");
                self.refused().insert(name);
                TokenKept::ThisRun
            }
        }
    }

    fn forget(&self, name: &TokenName) -> bool {
        let name = entry_name(name);
        let mut is_elsewhere = self.refused().remove(&name);
        let mut is_out_of_file = true;
        let mut filed = self.read_file();
        if filed.remove(&name).is_some() {
            is_elsewhere = true;
            if let Err(error) = self.write_file(&filed) {
                tracing::error!(%error, "the token's file could not be changed");
                is_out_of_file = false;
            }
        }
        let deleted = self.keyring.with(&name, |entry| entry.delete_credential());
        if matches!(deleted, Ok(()) | Err(Error::NoEntry)) {
            self.note(&name, false);
        }
        let never_had_it = is_elsewhere && !self.is_noted(&name);
        is_out_of_file && is_out_of_keyring(deleted, never_had_it)
    }
}

/// `never_had_it`: the token was kept otherwise, since the keyring did not take it when it was stored, and no earlier run has put it there.
fn is_out_of_keyring(deleted: Result<(), Error>, never_had_it: bool) -> bool {
    match deleted {
        Ok(()) | Err(Error::NoEntry) => true,
        // One that is locked is there, and may hold what an earlier run put into it: servers give the same token again.
        Err(error) if never_had_it && !matches!(error, Error::NoStorageAccess(_)) => {
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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use keyring_core::api::{CredentialStore, CredentialStoreApi};
    use keyring_core::{Entry, mock};

    use super::*;

    fn name() -> TokenName {
        TokenName {
            api_url: "https://hotel.example/api".into(),
            username: "frontdesk".into(),
        }
    }

    /// A keyring that can be away, started, and started anew. It does what is asked for only who has spoken to it since its start.
    #[derive(Clone)]
    struct Program {
        is_there: Arc<AtomicBool>,
        is_this_start: Arc<Mutex<Arc<AtomicBool>>>,
        entries: Arc<mock::Store>,
    }

    impl Program {
        fn new(is_there: bool) -> Self {
            Self {
                is_there: Arc::new(is_there.into()),
                is_this_start: Arc::default(),
                entries: mock::Store::new().unwrap(),
            }
            .started_anew()
        }

        fn started_anew(self) -> Self {
            let mut start = self.is_this_start.lock().unwrap();
            start.store(false, Ordering::Relaxed);
            *start = Arc::new(true.into());
            drop(start);
            self
        }

        fn is_there(&self, is_there: bool) {
            self.is_there.store(is_there, Ordering::Relaxed);
        }

        fn holds_token(&self) -> bool {
            let entry = self
                .entries
                .build("hotelmate-console", &entry_name(&name()), None);
            entry.unwrap().get_password().is_ok()
        }

        /// As a run of the console finds it.
        fn keyring(&self) -> SystemKeyring {
            let program = self.clone();
            SystemKeyring::opened_by(move || {
                if !program.is_there.load(Ordering::Relaxed) {
                    return Err(Error::PlatformFailure("no such service".into()));
                }
                let store: Arc<CredentialStore> = Arc::new(Conversation {
                    is_known: program.is_this_start.lock().unwrap().clone(),
                    program: program.clone(),
                });
                Ok(store)
            })
        }
    }

    /// With one start of it.
    struct Conversation {
        program: Program,
        is_known: Arc<AtomicBool>,
    }

    impl CredentialStoreApi for Conversation {
        fn vendor(&self) -> String {
            String::new()
        }

        fn id(&self) -> String {
            String::new()
        }

        fn build(
            &self,
            service: &str,
            user: &str,
            _: Option<&std::collections::HashMap<&str, &str>>,
        ) -> keyring_core::Result<Entry> {
            if !self.is_known.load(Ordering::Relaxed) || !self.program.is_there.load(Ordering::Relaxed) {
                return Err(Error::PlatformFailure("no such session".into()));
            }
            self.program.entries.build(service, user, None)
        }

        fn as_any(&self) -> &dyn std::any::Any {
            self
        }
    }

    #[test]
    fn a_keyring_that_comes_up_after_the_console_is_found_at_the_next_sign_in() {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::new(false);
        let store = TokenStore::new(folder.path().join("token.json"), program.keyring());
        let token = Token::new("d686secret");
        assert!(store.load(&name()).is_none());
        assert_eq!(
            store.store(&name(), &token, TokenPlace::Keyring),
            TokenKept::ThisRun
        );
        program.is_there(true);
        assert_eq!(
            store.store(&name(), &token, TokenPlace::Keyring),
            TokenKept::Keyring
        );
        assert!(store.load(&name()).is_some());
        assert!(store.forget(&name()));
        assert!(!program.holds_token());
    }

    #[test]
    fn a_keyring_that_was_started_anew_meanwhile_is_spoken_to_anew() {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::new(true);
        let store = TokenStore::new(folder.path().join("token.json"), program.keyring());
        let token = Token::new("d686secret");
        store.store(&name(), &token, TokenPlace::Keyring);
        let program = program.started_anew();
        assert!(store.load(&name()).is_some());
        let program = program.started_anew();
        assert_eq!(
            store.store(&name(), &token, TokenPlace::Keyring),
            TokenKept::Keyring
        );
        let program = program.started_anew();
        assert!(store.forget(&name()));
        assert!(!program.holds_token());
    }

    #[test]
    fn a_keyring_that_is_away_may_hold_what_an_earlier_run_put_into_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token.json");
        let token = Token::new("d686secret");
        let program = Program::new(true);
        let run = || TokenStore::new(file.clone(), program.keyring());
        run().store(&name(), &token, TokenPlace::Keyring);

        program.is_there(false);
        let today = run();
        assert_eq!(
            today.store(&name(), &token, TokenPlace::Keyring),
            TokenKept::ThisRun
        );
        assert!(!today.forget(&name()), "it is still there");
        assert!(program.holds_token());

        program.is_there(true);
        assert!(run().forget(&name()));
        program.is_there(false);
        let without = run();
        without.store(&name(), &token, TokenPlace::Keyring);
        assert!(without.forget(&name()), "the keyring has let go of it before");
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 0, "nothing is noted of who is signed out");
    }

    #[cfg(unix)]
    #[test]
    fn a_token_in_a_file_is_its_owners_alone_and_goes_when_forgotten() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token.json");
        let store = TokenStore::new(file, Program::new(false).keyring());
        let name = name();
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
