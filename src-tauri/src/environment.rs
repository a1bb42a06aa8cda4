//! What the environment says; the names are fixed in README.md.

use std::fs::OpenOptions;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sync::view::SignInForm;

/// Read once, at start.
#[derive(Debug)]
pub(crate) struct Environment {
    /// Cache, settings, logs and photos go here.
    pub(crate) data_dir: PathBuf,
    /// A server to fill the sign-in form with; never skips the sign-in.
    pub(crate) form: Option<SignInForm>,
    /// Open the embedded demo hotel, signed in.
    pub(crate) demo: bool,
    /// What pictures may take on disk, in bytes; or why that cannot be said, for when there is a window to say it in.
    pub(crate) photo_room: std::result::Result<Option<u64>, String>,
    /// Whom to ask about newer versions; nobody unless an administrator says so.
    pub(crate) update_url: Option<String>,
    /// A tracing filter.
    pub(crate) log: Option<String>,
}

impl Environment {
    pub(crate) fn read() -> Result<Self> {
        Self::from(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn from(value: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let data_dir = match value("HOTELMATE_DATA_DIR") {
            Some(folder) => PathBuf::from(folder),
            None => dirs::data_dir()
                .context("this user has no data folder; set HOTELMATE_DATA_DIR")?
                .join("hotelmate-console"),
        };
        private_folder(&data_dir)
            .with_context(|| format!("cannot make the data folder {}", data_dir.display()))?;
        Ok(Self {
            data_dir: std::path::absolute(data_dir)?,
            form: sync::env_file::form(&value),
            demo: value("HOTELMATE_DEMO").is_some_and(|demo| demo == "1"),
            photo_room: value("HOTELMATE_PHOTOS_MB")
                .map(|text| megabytes(&text))
                .transpose(),
            update_url: value("HOTELMATE_UPDATE_URL"),
            log: value("HOTELMATE_LOG"),
        })
    }

    /// Names this workstation on the session bus: two data folders are two workstations.
    pub(crate) fn instance_id(&self) -> String {
        let folder = self
            .data_dir
            .canonicalize()
            .unwrap_or_else(|_| self.data_dir.clone());
        let mut hasher = DefaultHasher::new();
        folder.hash(&mut hasher);
        format!("app.hotelmate.console.d{:016x}", hasher.finish())
    }
}

fn megabytes(text: &str) -> std::result::Result<u64, String> {
    let number: u32 = text.parse().map_err(|error| {
        format!("HOTELMATE_PHOTOS_MB must be a whole number of megabytes, not '{text}': {error}")
    })?;
    Ok(u64::from(number) * 1024 * 1024)
}

/// Makes a folder that only its owner can look into. One that is there keeps what its maker allowed.
pub(crate) fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Sees to it that a file exists which only its owner can read, whoever writes to it later. A new one holds `content`, one that is there is closed to
/// others. A mask for the whole process would reach further: what is printed to a file, folders made in a dialog, browsers that are opened.
pub(crate) fn private_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => file.write_all(content),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            #[cfg(unix)]
            std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
            Ok(())
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_look_into_a_data_folder_that_the_console_makes() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("share/hotelmate-console");
        private_folder(&folder).unwrap();
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_there_keeps_what_is_in_it_and_is_closed_to_others() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let [new, old] = ["new", "old"].map(|name| folder.path().join(name));
        std::fs::write(&old, "kept").unwrap();
        std::fs::set_permissions(&old, PermissionsExt::from_mode(0o644)).unwrap();
        for (file, content) in [(new, "made"), (old, "kept")] {
            private_file(&file, b"made").unwrap();
            let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", file.display());
            assert_eq!(std::fs::read_to_string(&file).unwrap(), content);
        }
    }

    fn with(pairs: &[(&str, &str)]) -> Environment {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("data").display().to_string();
        let value = |name: &str| match name {
            "HOTELMATE_DATA_DIR" => Some(folder.clone()),
            name => pairs
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned()),
        };
        Environment::from(value).unwrap()
    }

    #[test]
    fn a_server_is_named_by_either_spelling_and_is_encrypted_unless_said() {
        assert_eq!(with(&[]).form, None);
        let form = with(&[
            ("VITE_API_URL", "https://hotel.example/api"),
            ("VITE_PUSHER_KEY", "k"),
            ("VITE_PUSHER_CLUSTER", "eu"),
        ]);
        let form = form.form.unwrap();
        assert_eq!(
            (
                form.api_url.as_str(),
                form.pusher_key.as_str(),
                form.pusher_cluster.as_str()
            ),
            ("https://hotel.example/api", "k", "eu")
        );
        assert!(form.pusher_tls);
        let plain = with(&[
            ("HOTELMATE_API_URL", "http://127.0.0.1:1/api"),
            ("HOTELMATE_PUSHER_TLS", "false"),
            ("HOTELMATE_PUSHER_PORT", "6001"),
        ]);
        let plain = plain.form.unwrap();
        assert_eq!((plain.pusher_tls, plain.pusher_port), (false, Some(6001)));
    }

    #[test]
    fn room_for_pictures_is_said_in_megabytes() {
        assert_eq!(with(&[]).photo_room, Ok(None));
        assert_eq!(
            with(&[("HOTELMATE_PHOTOS_MB", "200")]).photo_room,
            Ok(Some(200 * 1024 * 1024))
        );
    }

    #[test]
    fn room_that_is_no_number_is_told_once_the_data_folder_and_its_log_are_there() {
        for text in ["plenty", "500MB", "2e3", "200 ", "-1"] {
            let refused = with(&[("HOTELMATE_PHOTOS_MB", text)]).photo_room.unwrap_err();
            assert!(refused.contains(&format!("'{text}'")), "{refused}");
        }
    }

    #[test]
    fn two_data_folders_are_two_workstations() {
        assert_ne!(with(&[]).instance_id(), with(&[]).instance_id());
    }
}
