//! The database: whether it opens, is sound, and belongs to this version.

use std::path::Path;

use super::{Check, State};
use crate::store::{Schema, StoreError, Upkeep};

pub(super) fn checks(dir: &Path, public: bool) -> Vec<Check> {
    match crate::cli::block_on(async { Ok(look(dir, public).await) }) {
        Ok(Ok(checks)) => checks,
        Ok(Err(StoreError::Missing { .. })) => {
            let detail = "there is none yet; the first start makes it";
            vec![Check::new("database", State::Ok, detail)]
        }
        Ok(Err(error)) => vec![Check::new("database", State::Fail, error.to_string())],
        Err(error) => vec![Check::new("database", State::Fail, error.to_string())],
    }
}

async fn look(dir: &Path, public: bool) -> Result<Vec<Check>, StoreError> {
    let mut database = Upkeep::reading(dir).await?;
    let sqlite = database.sqlite_version().await?;
    let faults = database.faults().await?;
    let sound = match &*faults {
        [] => Check::new("database", State::Ok, format!("sound, SQLite {sqlite}")),
        faults => Check::new("database", State::Fail, faults.join("; ")),
    };
    let version = database.schema().await?;
    let mut checks = vec![sound, schema(version)];
    if version.found == version.newest {
        checks.push(people(database.users().await?, public));
    }
    Ok(checks)
}

fn people(users: u64, public: bool) -> Check {
    let (state, detail) = match (users, public) {
        (0, true) => {
            (State::Fail, "others can reach the server, and there are no users".to_owned())
        }
        (0, false) => (State::Ok, "no users: everyone on this machine is admin".to_owned()),
        (1, _) => (State::Ok, "1 user may log in".to_owned()),
        (n, _) => (State::Ok, format!("{n} users may log in")),
    };
    Check::new("people", state, detail)
}

fn schema(Schema { found, newest }: Schema) -> Check {
    let (state, detail) = match found.cmp(&newest) {
        std::cmp::Ordering::Equal => (State::Ok, format!("version {found}, the newest")),
        std::cmp::Ordering::Less => {
            let detail =
                format!("version {found}; the next start makes it {newest}: back up first");
            (State::Warn, detail)
        }
        std::cmp::Ordering::Greater => {
            let detail = format!(
                "version {found}, but this program knows {newest}: a newer version has been here"
            );
            (State::Fail, detail)
        }
    };
    Check::new("schema", state, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_a_newer_version_is_a_failure() {
        let state = |found| schema(Schema { found, newest: 2 }).state;
        assert_eq!([1, 2, 3].map(state), [State::Warn, State::Ok, State::Fail]);
    }

    #[test]
    fn a_public_server_without_users_is_a_failure() {
        assert_eq!(people(0, true).state, State::Fail);
        assert_eq!(people(0, false).state, State::Ok);
        assert_eq!(people(1, true).state, State::Ok);
    }
}
