//! What comes first in a digest: a simple rule, so that people can predict it.
//!
//! Important is everything that root does, and by its name every call that deletes or switches
//! something off, or touches who may do what (IAM, policies, keys), who can reach what (security
//! groups, public access) or what is recorded (trails, detectors).

use super::identity::Identity;
use super::words;
use crate::finding::Finding;

/// Services in which every change decides who may do what.
const SERVICES: [&str; 6] =
    ["iam", "organizations", "sso", "identitystore", "sso-directory", "access-analyzer"];

/// Calls that take something away or switch it off.
const VERBS: [&str; 12] = [
    "Delete",
    "Terminate",
    "Remove",
    "Disable",
    "Deactivate",
    "Detach",
    "Revoke",
    "Purge",
    "Destroy",
    "StopLogging",
    "StopConfigurationRecorder",
    "ScheduleKeyDeletion",
];

/// Parts of names that decide who may do or reach what, or what is recorded.
const WORDS: [&str; 11] = [
    "SecurityGroup",
    "Policy",
    "AccessKey",
    "KeyPair",
    "Grant",
    "Acl",
    "PublicAccess",
    "Permission",
    "Trail",
    "Detector",
    "FlowLogs",
];

/// Whether a call comes before others.
pub(super) fn important(service: &str, name: &str, root: bool) -> bool {
    root || SERVICES.contains(&service)
        || VERBS.iter().any(|verb| name.starts_with(verb))
        || WORDS.iter().any(|word| name.contains(word))
}

/// Whether a finding comes before others.
pub(crate) fn comes_first(finding: &Finding) -> bool {
    let action = words::action(finding);
    let service = action.split_once(':').map_or("", |(service, _)| service);
    important(service, &finding.event_name, Identity::of(finding).root)
}

#[cfg(test)]
mod tests {
    use super::important;

    #[test]
    fn deletions_access_and_root_come_first() {
        assert!(important("rds", "DeleteDBInstance", false));
        assert!(important("iam", "TagRole", false));
        assert!(important("ec2", "AuthorizeSecurityGroupIngress", false));
        assert!(important("s3", "PutBucketPolicy", false));
        assert!(important("ec2", "RunInstances", true));
        assert!(!important("ec2", "RunInstances", false));
        assert!(!important("ec2", "CreateTags", false));
    }
}
