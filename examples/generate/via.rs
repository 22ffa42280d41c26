//! The ways by which a call reaches AWS, and the marks each leaves on a record.

/// How a call reached AWS.
#[derive(Clone, Copy)]
pub(crate) enum Via {
    /// A console page calls the service itself: the person's own browser, with
    /// TLS details and the console flag.
    Browser,
    /// The same, of a service that never sets the console flag.
    QuietBrowser,
    /// The S3 console: a browser in square brackets, and no console flag.
    S3Browser,
    /// The console's servers call on behalf of the page: `AWS Internal`, the
    /// flag, and no TLS details, for no client of ours was at the other end.
    Proxy,
    /// A back end that some consoles still use: AWS's internal SDK, no flag.
    BackEnd,
    /// The command line in a CloudShell tab: a CLI, yet a console session.
    CloudShell,
    /// The command line on somebody's own machine.
    Cli,
    /// The same, on credentials that `aws login` fetched from the browser.
    LoginCli,
    Terraform,
    Boto3,
    Cdk,
    /// The agent of Systems Manager on an instance.
    Agent,
    /// An AWS service, in its own name or in the caller's.
    Service(&'static str),
}

impl Via {
    /// A word for the truth table.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::QuietBrowser => "quiet-browser",
            Self::S3Browser => "s3-browser",
            Self::Proxy => "proxy",
            Self::BackEnd => "back-end",
            Self::CloudShell => "cloudshell",
            Self::Cli => "cli",
            Self::LoginCli => "aws-login",
            Self::Terraform => "terraform",
            Self::Boto3 => "boto3",
            Self::Cdk => "cdk",
            Self::Agent => "agent",
            Self::Service(_) => "service",
        }
    }

    /// Whether the record says `sessionCredentialFromConsole`.
    pub(crate) fn is_flagged(self) -> bool {
        matches!(self, Self::Browser | Self::Proxy | Self::CloudShell)
    }

    /// Whether a client outside AWS opened the connection.
    pub(crate) fn is_external(self) -> bool {
        !matches!(self, Self::Proxy | Self::Service(_))
    }

    /// The user agent of one call, by a person with this `browser`.
    pub(crate) fn user_agent(self, browser: &str, service: &str, action: &str) -> String {
        match self {
            Self::Browser | Self::QuietBrowser => browser.to_owned(),
            Self::S3Browser => format!("[{browser}]"),
            Self::Proxy => "AWS Internal".to_owned(),
            Self::BackEnd => "aws-internal/3 aws-sdk-java/1.12.790 Linux/5.10.245-220.984.amzn2int.x86_64 OpenJDK_64-Bit_Server_VM/17.0.17+10-LTS java/17.0.17 vendor/Amazon.com_Inc. cfg/retry-mode/standard".to_owned(),
            Self::CloudShell => cli("os/linux#6.1.158-180.294.amzn2023.x86_64", "exec-env/CloudShell m/Z,E,b", service, action),
            Self::Cli => cli("os/macos#26.1.0", "m/Z,E,b,r", service, action),
            Self::LoginCli => cli("os/macos#26.1.0", "m/AC,AD,Z,E,b", service, action),
            Self::Terraform => format!("APN/1.0 HashiCorp/1.0 Terraform/1.14.0 (+https://www.terraform.io) terraform-provider-aws/6.22.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.40.0 ua/2.1 os/linux lang/go#1.25.4 md/GOOS#linux md/GOARCH#amd64 api/{service}#1.62.1 m/C,E,g"),
            Self::Boto3 => "Boto3/1.41.5 md/Botocore#1.41.5 ua/2.1 os/linux#5.10.245-245.983.amzn2.x86_64 md/arch#x86_64 lang/python#3.13.9 md/pyimpl#CPython exec-env/AWS_Lambda_python3.13 m/Z,b,D cfg/retry-mode#legacy Botocore/1.41.5".to_owned(),
            Self::Cdk => format!("aws-sdk-js/3.936.0 ua/2.1 os/linux#6.8.0 lang/js md/nodejs#22.21.1 api/{service}#3.936.0 m/E,P aws-cdk/2.1033.0"),
            Self::Agent => "aws-sdk-go/1.55.5 (go1.24.6; linux; amd64) amazon-ssm-agent/3.3.3050.0".to_owned(),
            Self::Service(principal) => principal.to_owned(),
        }
    }

    /// The address of the caller, who is at `ip` unless a service is calling.
    pub(crate) fn address(self, ip: &str) -> String {
        match self {
            Self::Service(principal) => principal.to_owned(),
            _ => ip.to_owned(),
        }
    }
}

/// The CLI says on which system it runs and which command it runs there.
fn cli(os: &str, features: &str, service: &str, action: &str) -> String {
    let mut command = String::new();
    for letter in action.chars() {
        if letter.is_ascii_uppercase() && !command.is_empty() {
            command.push('-');
        }
        command.push(letter.to_ascii_lowercase());
    }
    format!(
        "aws-cli/2.32.6 md/awscrt#0.28.4 ua/2.1 {os} md/arch#x86_64 lang/python#3.13.9 md/pyimpl#CPython {features} cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#{service}.{command}"
    )
}
