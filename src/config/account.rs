//! Accounts, and groups of them: what people call several accounts by.

use std::collections::{BTreeMap, BTreeSet};

use super::ConfigError;
use super::file::File;
use crate::digest;
use crate::exclusion::Exclusion;

/// An account that people know by a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// The group it belongs to, such as `production`.
    pub group: Option<String>,
    /// What else people tell it from others by, such as a team.
    pub tags: BTreeMap<String, String>,
}

/// What messages call the accounts, by id.
pub fn shown(accounts: &BTreeMap<String, Account>) -> BTreeMap<String, digest::Account> {
    let shown = |account: &Account| digest::Account {
        name: account.name.clone(),
        group: account.group.clone(),
    };
    accounts.iter().map(|(id, account)| (id.clone(), shown(account))).collect()
}

/// The accounts by id.
pub(super) fn accounts(file: &File) -> Result<BTreeMap<String, Account>, ConfigError> {
    let mut accounts = BTreeMap::new();
    for account in &file.account {
        if account.id.len() != 12 || !account.id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ConfigError::Value {
                key: "account.id".to_owned(),
                reason: format!("'{}' is no account id", account.id),
                hint: "Write the twelve digits in quotes: id = \"111122223333\".".to_owned(),
            });
        }
        let known = Account {
            name: account.name.clone(),
            group: account.group.clone(),
            tags: account.tags.clone(),
        };
        if accounts.insert(account.id.clone(), known).is_some() {
            return Err(ConfigError::Value {
                key: "account.id".to_owned(),
                reason: format!("'{}' is there twice", account.id),
                hint: "Keep one [[account]] for each id.".to_owned(),
            });
        }
    }
    Ok(accounts)
}

/// Tells an exclusion the accounts of its groups.
pub(super) fn join_groups(
    entry: &mut Exclusion,
    accounts: &BTreeMap<String, Account>,
) -> Result<(), ConfigError> {
    for group in &entry.group {
        let key = format!("exclusion.{}.group", entry.name);
        entry.members.extend(members(group, accounts, key)?);
    }
    Ok(())
}

/// Ids of the accounts in a group; `key` names the setting in errors.
pub(super) fn members(
    group: &str,
    accounts: &BTreeMap<String, Account>,
    key: String,
) -> Result<Vec<String>, ConfigError> {
    let of = |account: &Account| account.group.as_deref() == Some(group);
    let ids: Vec<_> =
        accounts.iter().filter(|(_, account)| of(account)).map(|(id, _)| id.clone()).collect();
    if ids.is_empty() {
        let groups: BTreeSet<_> =
            accounts.values().filter_map(|account| account.group.as_ref()).collect();
        return Err(ConfigError::Value {
            key,
            reason: format!("no account is in a group '{group}'"),
            hint: match crate::nearest(group, groups) {
                Some(nearest) => format!("Did you mean '{nearest}'?"),
                None => {
                    "Set group = \"...\" on the [[account]] entries that belong to it.".to_owned()
                }
            },
        });
    }
    Ok(ids)
}

/// Checks that accounts have the tag, and each of its values; `key` names the setting in errors.
pub(super) fn tagged(
    tag: &str,
    values: &[String],
    accounts: &BTreeMap<String, Account>,
    key: String,
) -> Result<(), ConfigError> {
    let error = |reason: String, nearest: Option<&String>| ConfigError::Value {
        key: key.clone(),
        reason,
        hint: match nearest {
            Some(nearest) => format!("Did you mean '{nearest}'?"),
            None => format!("Set it on an [[account]]: tags = {{ {tag} = \"...\" }}."),
        },
    };
    let known: BTreeSet<&String> =
        accounts.values().filter_map(|account| account.tags.get(tag)).collect();
    if known.is_empty() {
        let tags: BTreeSet<_> = accounts.values().flat_map(|account| account.tags.keys()).collect();
        return Err(error(format!("no account has a tag '{tag}'"), crate::nearest(tag, tags)));
    }
    if values.is_empty() {
        return Err(error(format!("{tag} has no value"), None));
    }
    match values.iter().find(|value| !known.contains(value)) {
        Some(wrong) => Err(error(
            format!("no account has {tag} = '{wrong}'"),
            crate::nearest(wrong, known.iter().copied()),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::Config;
    use crate::exclusion::{Exclusion, Kind, Patterns};

    fn config(text: &str) -> Result<Config, String> {
        let accounts = r#"
            [[account]]
            id = "111122223333"
            name = "a"
            group = "production"
            [[account]]
            id = "222233334444"
            name = "b"
            group = "production"
        "#;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clickops.toml");
        std::fs::write(&path, format!("{accounts}\n{text}")).unwrap();
        Config::load(Some(&path), [])
            .map_err(|error| format!("{error} {}", error.hint().unwrap_or_default()))
    }

    const ENTRY: &str =
        "[[exclusion]]\nname = 'x'\nkind = 'accepted'\nreason = 'y'\ngroup = 'production'";

    #[test]
    fn an_entry_gets_the_ids_of_its_groups() {
        let config = config(ENTRY).unwrap();
        let own = config.exclusions.last().unwrap();
        assert_eq!(own.members, ["111122223333", "222233334444"]);
        let bare = Exclusion { members: Vec::new(), ..own.clone() };
        let written = Exclusion::new("x".into(), Kind::Accepted, "y".into());
        assert_eq!(bare, Exclusion { group: vec!["production".to_owned()], ..written });
        assert_eq!(own.account, Patterns::default());
    }

    #[test]
    fn an_unknown_group_names_the_key_and_the_nearest_group() {
        assert_eq!(
            config(&ENTRY.replace("production", "prodcution")).unwrap_err(),
            "exclusion.x.group: no account is in a group 'prodcution' Did you mean 'production'?"
        );
        let report = "[[report]]\nname = 'r'\nmatch.groups = ['sandbox']";
        assert!(config(report).unwrap_err().starts_with("report.r.match.groups: no account"));
    }

    #[test]
    fn a_report_names_people_or_everybody() {
        let report = |line: &str| config(&format!("[[report]]\nname = 'r'\n{line}"));
        report("match.actors = 'ann*'\nmatch.actors_without_email = true").unwrap();
        assert!(
            report("match.actors = []")
                .unwrap_err()
                .starts_with("report.r.match.actors: names nobody")
        );
        assert!(report("match.actors_without_email = true").unwrap_err().contains("means nothing"));
    }
}
