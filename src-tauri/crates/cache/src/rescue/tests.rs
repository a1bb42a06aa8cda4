use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};

use model::{Offer, OfferId, OfferKey};
use rusqlite::Connection;
use tempfile::{TempDir, tempdir};

use super::wreck::{COPIED, PAGE};
use super::*;
use crate::session::SessionRow;
use crate::{Account, AccountId, DraftRow, NewVersion, OperationId, PhotoHash, PictureRow};

const NOW: i64 = 1_795_000_000_000;
const SOON: Duration = Duration::from_millis(50);
const OPERATIONS: usize = 400;
const OFFERS: i64 = 60;

/// A folder as a console leaves it that has worked for a while.
struct Desk {
    folder: TempDir,
    account: AccountId,
}

impl Desk {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        cache.begin().unwrap();
        let account = cache.upsert_account(&Account::example()).unwrap();
        let session = SessionRow {
            account: Some(account),
            form: "{}".into(),
        };
        cache.set_session(&session).unwrap();
        for number in 0..OPERATIONS {
            let key = OfferKey::from(OfferId(7));
            cache.push_operation(account, key, &action(number), "{}").unwrap();
        }
        for id in 0..OFFERS {
            let offer = offer(id);
            let version = NewVersion {
                seen_at: NOW,
                window: None,
                offer: &offer,
                is_deletion: false,
                photo: None,
            };
            cache.put_base_and_version(account, &version).unwrap();
        }
        let draft = DraftRow {
            key: "new".into(),
            draft: "{}".into(),
            saved_at: NOW,
        };
        cache.put_draft(account, &draft).unwrap();
        let picture = PictureRow {
            url: "http://x/a.jpg".into(),
            hash: PhotoHash::of(b"picture"),
            etag: None,
            last_modified: None,
        };
        cache.put_picture(account, &picture).unwrap();
        let hotel = Account::example();
        cache
            .set_hotel_time_zone(&hotel.api_url, &hotel.hotel_slug, Some("Europe/Dublin"))
            .unwrap();
        cache.set_wanted_alerts("{}").unwrap();
        cache
            .put_told(account, OfferKey::from(OfferId(7)), "needs-you")
            .unwrap();
        cache.commit().unwrap();
        Self { folder, account }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(FILE_NAME)
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    fn execute(&self, sql: &str) {
        let connection = Connection::open(self.path()).unwrap();
        connection.execute_batch(sql).unwrap();
    }

    /// The lowest pages of a table or index as they follow each other: number of the page, and of the rows on it.
    fn leaves(&self, name: &str) -> Vec<(u64, usize)> {
        let connection = Connection::open(self.path()).unwrap();
        let mut statement = connection
            .prepare("SELECT pageno, ncell FROM dbstat WHERE name = ?1 AND pagetype = 'leaf' ORDER BY path")
            .unwrap();
        let rows = statement.query_map([name], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
        rows.unwrap()
            .map(|row| row.map(|(page, rows)| (page as u64, rows as usize)).unwrap())
            .collect()
    }

    fn flip(&self, page: u64) {
        let mut file = fs::File::options()
            .read(true)
            .write(true)
            .open(self.path())
            .unwrap();
        let mut bytes = [0; PAGE as usize];
        file.seek(SeekFrom::Start((page - 1) * PAGE)).unwrap();
        file.read_exact(&mut bytes).unwrap();
        file.seek(SeekFrom::Start((page - 1) * PAGE)).unwrap();
        file.write_all(&bytes.map(|byte| !byte)).unwrap();
    }

    fn open(&self, unclean: bool) -> Opened {
        Cache::open_or_rescue_within(self.folder.path(), NOW, unclean, SOON)
    }

    fn rescued(&self, unclean: bool) -> Rescued {
        let damaged = self.bytes();
        let Opened { cache, trouble } = self.open(unclean);
        let Some(Trouble::Rescued {
            kept_as,
            operations,
            unreadable,
        }) = trouble
        else {
            panic!("{trouble:?}")
        };
        assert_eq!(
            kept_as,
            self.folder.path().join(format!("console.damaged-{NOW}.db"))
        );
        assert!(
            fs::read(&kept_as).unwrap() == damaged,
            "the damaged file is kept as it was"
        );
        assert!(cache.is_kept());
        Rescued {
            cache,
            operations,
            unreadable,
        }
    }

    fn not_kept(&self, unclean: bool) -> (Cache, Error) {
        let before = fs::read(self.path()).ok();
        let Opened { cache, trouble } = self.open(unclean);
        let Some(Trouble::NotKept(error)) = trouble else {
            panic!("{trouble:?}")
        };
        assert!(!cache.is_kept());
        assert!(before == fs::read(self.path()).ok(), "the file is left as it was");
        (cache, error)
    }

    fn places(&self, cache: &Cache) -> Vec<usize> {
        let rows = cache.operations(self.account).unwrap();
        for row in &rows {
            assert_eq!(
                row.action,
                action(row.id.0 as usize - 1),
                "every row is whole and in its place"
            );
        }
        rows.into_iter().map(|row| row.id.0 as usize).collect()
    }

    fn assert_the_rest_is_there(&self, cache: &Cache) {
        let account = cache.account(self.account).unwrap().unwrap();
        assert_eq!(account.username, Account::example().username);
        assert_eq!(cache.session().unwrap().unwrap().account, Some(self.account));
        assert_eq!(cache.base(self.account).unwrap().len(), OFFERS as usize);
        assert_eq!(cache.drafts(self.account).unwrap().len(), 1);
        assert_eq!(cache.pictures(self.account).unwrap().len(), 1);
        let zone = cache.hotel_time_zone(&account.api_url, &account.hotel_slug);
        assert_eq!(zone.unwrap().as_deref(), Some("Europe/Dublin"));
        assert!(cache.wanted_alerts().unwrap().is_some());
        assert_eq!(cache.told(self.account).unwrap().len(), 1);
        for id in 0..OFFERS {
            assert_eq!(cache.versions(self.account, OfferId(id)).unwrap().len(), 1);
        }
    }
}

struct Rescued {
    cache: Cache,
    operations: usize,
    unreadable: usize,
}

fn action(number: usize) -> String {
    format!("{{\"edit\":{number},\"text\":\"{}\"}}", "x".repeat(300))
}

fn offer(id: i64) -> Offer {
    Offer::from_json(serde_json::json!({"id":id,"title":"t","short_description":"s","details_text":"","details_html":"",
        "valid_from":null,"valid_to":"2026-12-24","tag":"","book_now_url":"","photo":null,"photo_url":"http://x/a.jpg",
        "sort_order":0,"is_active":true,"created_at":"2026-11-22T09:52:01.968263Z"}))
    .unwrap()
}

/// Places of the rows on the leaves that satisfy.
fn on_leaves(leaves: &[(u64, usize)], wanted: impl Fn(u64) -> bool) -> Vec<usize> {
    let mut next = 1;
    let mut places = Vec::new();
    for (page, rows) in leaves {
        if wanted(*page) {
            places.extend(next..next + rows);
        }
        next += rows;
    }
    places
}

#[test]
fn rows_of_every_table_are_saved_but_what_the_program_did() {
    let saved = COPIED.iter().map(|table| table.name);
    let mut all: Vec<_> = saved.chain(["activity"]).collect();
    all.sort_unstable();
    let mut tables = crate::TABLES;
    tables.sort_unstable();
    assert_eq!(all, tables);
}

#[test]
fn a_folder_in_order_and_an_empty_one_open_without_a_word() {
    let desk = Desk::new();
    for unclean in [false, true] {
        let Opened { cache, trouble } = desk.open(unclean);
        assert!(trouble.is_none(), "{trouble:?}");
        assert!(cache.is_kept());
        assert_eq!(desk.places(&cache).len(), OPERATIONS);
    }
    let empty = tempdir().unwrap();
    let Opened { cache, trouble } = Cache::open_or_rescue(empty.path(), NOW, true);
    assert!(trouble.is_none() && cache.is_kept());
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_copy_that_a_rescue_works_on() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let wreck = Wreck::open(&desk.path()).unwrap();
    let copy = wreck.copy().expect("there is room for a copy");
    assert_ne!(copy, desk.folder.path());
    let mode = fs::metadata(copy).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o700, "{}", copy.display());
}

#[test]
fn damaged_pages_cost_only_the_operations_on_them() {
    let desk = Desk::new();
    let leaves = desk.leaves("operation");
    assert!(leaves.len() > 20, "{leaves:?}");
    for damaged in [
        vec![10],
        vec![0],
        vec![leaves.len() - 1],
        vec![3, 12],
        vec![0, 9, leaves.len() - 1],
    ] {
        let desk = Desk::new();
        let pages: Vec<_> = damaged.iter().map(|leaf| leaves[*leaf].0).collect();
        pages.iter().for_each(|page| desk.flip(*page));
        let readable = on_leaves(&leaves, |page| !pages.contains(&page));
        let rescued = desk.rescued(true);
        assert_eq!(desk.places(&rescued.cache), readable, "leaves {damaged:?}");
        assert_eq!(rescued.operations, readable.len());
        assert_eq!(rescued.unreadable, OPERATIONS - readable.len());
        desk.assert_the_rest_is_there(&rescued.cache);
        let next = rescued
            .cache
            .push_operation(desk.account, OfferId(7).into(), "{}", "{}")
            .unwrap();
        assert_eq!(
            next,
            OperationId(OPERATIONS as i64 + 1),
            "the place of a lost operation is not used again"
        );
        drop(rescued);
        let Opened { trouble, .. } = desk.open(true);
        assert!(trouble.is_none(), "the new file is sound: {trouble:?}");
    }
}

#[test]
fn a_damaged_index_costs_nothing() {
    let desk = Desk::new();
    for (page, _) in desk.leaves("operation_by_account") {
        desk.flip(page);
    }
    let rescued = desk.rescued(true);
    assert_eq!(desk.places(&rescued.cache).len(), OPERATIONS);
    assert_eq!((rescued.operations, rescued.unreadable), (OPERATIONS, 0));
}

#[test]
fn pages_that_not_even_the_index_knows_cost_only_what_is_on_them() {
    let desk = Desk::new();
    let leaves = desk.leaves("operation");
    let pages = [leaves[3].0, leaves[12].0];
    pages.iter().for_each(|page| desk.flip(*page));
    for (page, _) in desk.leaves("operation_by_account") {
        desk.flip(page);
    }
    let rescued = desk.rescued(true);
    let readable = on_leaves(&leaves, |page| !pages.contains(&page));
    assert_eq!(desk.places(&rescued.cache), readable);
}

#[test]
fn an_index_tells_of_operations_too_far_apart_to_be_guessed() {
    const APART: usize = 100_000;
    let desk = Desk::new();
    desk.execute(&format!(
        "DELETE FROM operation; WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
         INSERT INTO operation SELECT i * {APART}, 1, '7', '{{}}', '{{}}' FROM n"
    ));
    let (table, index) = (desk.leaves("operation"), desk.leaves("operation_by_account"));
    let (early, late) = (table[1].0, table[table.len() - 2].0);
    let middle = index[index.len() / 2].0;
    [early, late, middle].into_iter().for_each(|page| desk.flip(page));

    let rescued = desk.rescued(true);
    let on_index = on_leaves(&index, |page| page != middle);
    let mut readable = on_leaves(&table, |page| page != early && page != late);
    let (first, last) = (
        on_leaves(&table, |page| page == early)[0],
        *on_leaves(&table, |page| page == late).last().unwrap(),
    );
    readable.retain(|place| *place < first || *place > last || on_index.contains(place));
    let found = rescued.cache.operations(desk.account).unwrap();
    let found: Vec<_> = found.into_iter().map(|row| row.id.0 as usize / APART).collect();
    // An index has entries on its upper pages too, so where its lowest pages end is known to a few places.
    let missing = readable.iter().filter(|place| !found.contains(place)).count();
    assert!(missing <= index.len(), "{missing} of {}", readable.len());
    assert!(found.len() > 2_000 && found.is_sorted());
    assert_eq!(rescued.operations, found.len());
    let lost = on_leaves(&table, |page| page == early || page == late).len();
    assert!(
        rescued.unreadable >= lost - index.len() && rescued.unreadable <= lost,
        "{} of {lost}",
        rescued.unreadable
    );
}

#[test]
fn a_damaged_page_of_offers_costs_only_the_offers_on_it() {
    let desk = Desk::new();
    let leaves = desk.leaves("base");
    let (page, rows) = leaves[leaves.len() / 2];
    desk.flip(page);
    let rescued = desk.rescued(true);
    let offers = rescued.cache.base(desk.account).unwrap();
    assert_eq!(offers.len(), OFFERS as usize - rows);
    assert_eq!(
        (offers[0].id, offers[offers.len() - 1].id),
        (OfferId(0), OfferId(OFFERS - 1))
    );
    assert_eq!((rescued.operations, rescued.unreadable), (OPERATIONS, 0));
}

#[test]
fn operations_survive_the_loss_of_the_row_of_their_account() {
    let desk = Desk::new();
    desk.flip(desk.leaves("account")[0].0);
    let rescued = desk.rescued(true);
    assert_eq!(desk.places(&rescued.cache).len(), OPERATIONS);
    assert_eq!((rescued.operations, rescued.unreadable), (OPERATIONS, 0));
    desk.assert_the_rest_is_there(&rescued.cache);
    let Account {
        api_url,
        username,
        hotel_slug,
        ..
    } = Account::example();
    let (id, account) = rescued
        .cache
        .find_account(&api_url, &username, &hotel_slug)
        .unwrap()
        .unwrap();
    assert_eq!((id, account.hotel_name.as_str()), (desk.account, "killarney"));
}

#[test]
fn a_truncated_file_gives_the_operations_before_the_cut() {
    let desk = Desk::new();
    let leaves = desk.leaves("operation");
    let pages = desk.bytes().len() as u64 / PAGE;
    for (kept, rest, unclean) in [
        (pages / 2, 0, false),
        (pages / 3, 1_000, false),
        (pages - 1, 17, true),
    ] {
        let desk = Desk::new();
        fs::File::options()
            .write(true)
            .open(desk.path())
            .unwrap()
            .set_len(kept * PAGE + rest)
            .unwrap();
        // SQLite misses whole pages by itself; that the last one is not whole, only the check finds.
        let rescued = desk.rescued(unclean);
        let readable = on_leaves(&leaves, |page| page <= kept);
        assert!(!readable.is_empty());
        assert_eq!(desk.places(&rescued.cache), readable, "{kept} of {pages} pages");
        assert_eq!(rescued.operations, readable.len());
        assert!(rescued.operations + rescued.unreadable <= OPERATIONS);
    }
}

#[test]
fn a_file_that_is_no_database_is_set_aside_and_work_goes_on() {
    let desk = Desk::new();
    fs::write(desk.path(), vec![b'x'; 40_000]).unwrap();
    let rescued = desk.rescued(false);
    assert_eq!((rescued.operations, rescued.unreadable), (0, 0));
    rescued.cache.upsert_account(&Account::example()).unwrap();
}

#[test]
fn tables_that_are_missing_or_in_the_way_of_a_migration_cost_no_operation() {
    for sql in [
        "DROP TABLE picture",
        "DROP TABLE activity",
        "DROP TABLE version; PRAGMA user_version = 6",
        "PRAGMA user_version = 5",
        "PRAGMA user_version = -1",
    ] {
        let desk = Desk::new();
        desk.execute(sql);
        let rescued = desk.rescued(false);
        assert_eq!(desk.places(&rescued.cache).len(), OPERATIONS, "{sql}");
        assert_eq!((rescued.operations, rescued.unreadable), (OPERATIONS, 0));
    }
}

#[test]
fn rows_that_would_spoil_their_table_are_left_behind() {
    let desk = Desk::new();
    desk.execute(
        "UPDATE operation SET offer_key = 'what' WHERE id = 5; UPDATE base SET offer = '{}' WHERE offer_id = 3;
         UPDATE picture SET hash = 'no'; UPDATE operation SET action = 'not even JSON' WHERE id = 6; DROP TABLE activity",
    );
    let rescued = desk.rescued(false);
    assert_eq!((rescued.operations, rescued.unreadable), (OPERATIONS - 1, 1));
    let rows = rescued.cache.operations(desk.account).unwrap();
    assert_eq!(rows[4].action, "not even JSON", "the engine's to judge");
    assert_eq!(
        rescued.cache.base(desk.account).unwrap().len(),
        OFFERS as usize - 1
    );
    assert_eq!(rescued.cache.pictures(desk.account).unwrap(), []);
}

#[test]
fn what_was_only_in_the_log_when_the_program_was_killed_is_rescued_too() {
    let (desk, leaves) = killed("UPDATE session SET form = '{}'");
    desk.flip(leaves[10].0);
    let rescued = desk.rescued(true);
    let places = desk.places(&rescued.cache);
    assert_eq!(places.last(), Some(&(OPERATIONS + 1)));
    assert_eq!(rescued.operations, OPERATIONS + 1 - leaves[10].1);
    let log = desk.folder.path().join(format!("console.damaged-{NOW}.db-wal"));
    assert!(log.exists(), "the log stays with its file");
}

#[test]
fn the_log_of_a_newer_program_that_was_killed_is_read_and_left_alone() {
    let (desk, _) = killed("PRAGMA user_version = 1000");
    let log = beside(&desk.path(), "-wal");
    let before = fs::read(&log).unwrap();
    let (cache, error) = desk.not_kept(true);
    assert!(matches!(error, Error::Newer), "{error:?}");
    assert_eq!(desk.places(&cache).len(), OPERATIONS + 1);
    assert!(before == fs::read(&log).unwrap());
}

/// A folder as the disk would look after a kill: one operation more, and what `sql` does, are in the log alone. Also the leaves of
/// the operations in the file.
fn killed(sql: &str) -> (Desk, Vec<(u64, usize)>) {
    let desk = Desk::new();
    let leaves = desk.leaves("operation");
    let cache = Cache::open(desk.folder.path()).unwrap();
    let key = OfferKey::from(OfferId(7));
    cache
        .push_operation(desk.account, key, &action(OPERATIONS), "{}")
        .unwrap();
    cache.connection.execute_batch(sql).unwrap();
    let folder = tempdir().unwrap();
    for suffix in ["", "-wal"] {
        let copy = beside(&folder.path().join(FILE_NAME), suffix);
        fs::copy(beside(&desk.path(), suffix), copy).unwrap();
    }
    let account = desk.account;
    (Desk { folder, account }, leaves)
}

#[test]
fn a_file_of_a_newer_program_is_read_and_left_alone() {
    let desk = Desk::new();
    desk.execute("PRAGMA user_version = 1000; ALTER TABLE operation ADD COLUMN urgency INTEGER");
    let (cache, error) = desk.not_kept(true);
    assert!(matches!(error, Error::Newer), "{error:?}");
    assert_eq!(desk.places(&cache).len(), OPERATIONS);
    desk.assert_the_rest_is_there(&cache);
    cache
        .push_operation(desk.account, OfferId(7).into(), "{}", "{}")
        .expect("work goes on");
}

#[test]
fn a_file_that_another_program_holds_is_read_and_left_alone() {
    for sql in [
        "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE session SET form = '1'; COMMIT",
        "BEGIN IMMEDIATE",
    ] {
        let desk = Desk::new();
        let other = Connection::open(desk.path()).unwrap();
        other.execute_batch(sql).unwrap();
        let (cache, error) = desk.not_kept(false);
        assert!(matches!(error, Error::Locked), "{sql}: {error:?}");
        assert_eq!(desk.places(&cache).len(), OPERATIONS);
        desk.assert_the_rest_is_there(&cache);
        drop(other);
        assert!(desk.open(false).trouble.is_none(), "the lock is gone");
    }
}

#[test]
fn where_there_is_no_file_to_open_the_program_works_in_memory() {
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join(FILE_NAME)).unwrap();
    for folder in [folder.path().to_owned(), folder.path().join("missing")] {
        let Opened { cache, trouble } = Cache::open_or_rescue_within(&folder, NOW, true, SOON);
        assert!(matches!(trouble, Some(Trouble::NotKept(_))), "{trouble:?}");
        assert!(!cache.is_kept());
        cache.upsert_account(&Account::example()).unwrap();
    }
}

#[test]
fn a_damaged_file_that_cannot_be_moved_stays_and_is_read() {
    let desk = Desk::new();
    let leaves = desk.leaves("operation");
    desk.flip(leaves[10].0);
    // The log cannot go where it should, so the file comes back.
    fs::write(beside(&desk.path(), "-wal"), b"").unwrap();
    let taken = desk.folder.path().join(format!("console.damaged-{NOW}.db-wal"));
    fs::create_dir_all(taken.join("by a folder")).unwrap();
    let (cache, error) = desk.not_kept(true);
    assert!(matches!(error, Error::Io(_)), "{error:?}");
    assert_eq!(desk.places(&cache).len(), OPERATIONS - leaves[10].1);
    assert!(!desk.folder.path().join("console.rescued.db").exists());
}

#[test]
fn a_rescue_that_was_cut_off_is_finished_or_begun_again() {
    let desk = Desk::new();
    let rescued = desk.folder.path().join("console.rescued.db");
    fs::write(&rescued, b"half").unwrap();
    assert!(desk.open(false).trouble.is_none());
    assert!(!rescued.exists(), "it was cut off before the file was moved");

    fs::rename(desk.path(), &rescued).unwrap();
    fs::write(beside(&desk.path(), "-wal"), b"the damaged file's").unwrap();
    let Opened { cache, trouble } = desk.open(false);
    assert!(trouble.is_none(), "{trouble:?}");
    assert_eq!(desk.places(&cache).len(), OPERATIONS);
    assert!(
        desk.folder
            .path()
            .join(format!("console.damaged-{NOW}.db-wal"))
            .exists(),
        "the log of another file is not written into this one"
    );
}

#[test]
fn two_damaged_files_of_the_same_moment_do_not_take_each_others_place() {
    let desk = Desk::new();
    fs::write(desk.path(), vec![b'x'; 4_096]).unwrap();
    drop(desk.rescued(false));
    fs::write(desk.path(), vec![b'y'; 4_096]).unwrap();
    let Some(Trouble::Rescued { kept_as, .. }) = desk.open(false).trouble else {
        panic!("not rescued")
    };
    assert!(fs::read(&kept_as).unwrap().starts_with(b"yy"));
    let first = desk.folder.path().join(format!("console.damaged-{NOW}.db"));
    assert!(fs::read(first).unwrap().starts_with(b"xx"));
}
