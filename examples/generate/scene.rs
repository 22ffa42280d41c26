//! The stage on which the story is played: it keeps the clock, turns each call
//! into an event, and notes the truth about it.

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::cast::{ACCOUNTS, Account, EGRESS, GLOBAL, Identity, Person, ROOT, Region, SHOPPER};
use crate::random::Random;
use crate::record::{Call, Caller, call, logged_in, record};
use crate::truth::{Truth, Verdict};
use crate::via::Via;

/// A record on its way to a log file.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) truth: Truth,
    pub(crate) region: Region,
    pub(crate) time: DateTime<Utc>,
    /// The minute of delivery, where it is not soon after the event.
    pub(crate) delivered: Option<DateTime<Utc>>,
    /// Whether the same event is in another file already.
    pub(crate) again: bool,
    pub(crate) json: String,
}

/// One console session, or one person at a terminal: who, where, since when.
#[derive(Clone)]
pub(crate) struct Session {
    person: &'static Person,
    pub(crate) account: Account,
    pub(crate) region: Region,
    since: DateTime<Utc>,
}

impl Session {
    /// The same session, begun earlier.
    pub(crate) fn begun(self, since: DateTime<Utc>) -> Self {
        Self { since, ..self }
    }
}

/// A stretch of time in which somebody does something.
pub(crate) struct Scene<'a> {
    pub(crate) random: &'a mut Random,
    start: DateTime<Utc>,
    seconds: i64,
    encore: Option<usize>,
    held_until: Option<DateTime<Utc>>,
    events: Vec<Event>,
}

/// How much faster an encore is played: a scene of an hour has to fit into the
/// five minutes that one log file covers.
const ENCORE_SPEED: i64 = 16;

impl<'a> Scene<'a> {
    pub(crate) fn new(start: DateTime<Utc>, random: &'a mut Random) -> Self {
        Self { random, start, seconds: 0, encore: None, held_until: None, events: Vec::new() }
    }

    /// A scene repeated for volume: fast, and in other accounts each time.
    pub(crate) fn encore(start: DateTime<Utc>, turn: usize, random: &'a mut Random) -> Self {
        Self { encore: Some(turn), ..Self::new(start, random) }
    }

    pub(crate) fn into_events(self) -> Vec<Event> {
        self.events
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        let speed = if self.encore.is_some() { ENCORE_SPEED } else { 1 };
        self.start + Duration::seconds(self.seconds / speed)
    }

    pub(crate) fn wait(&mut self, minutes: i64) {
        self.seconds += minutes * 60;
    }

    /// From here on, CloudTrail has trouble delivering: the events end up in
    /// one file of the next day. An encore has no time for that.
    pub(crate) fn delay_to(&mut self, minutes_after_midnight: i64) {
        if self.encore.is_none() {
            let midnight = self.start.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
            self.held_until =
                Some(midnight + Duration::days(1) + Duration::minutes(minutes_after_midnight));
        }
    }

    /// Delivers the last event once more, as CloudTrail now and then does.
    pub(crate) fn deliver_again(&mut self, minutes_later: i64) {
        if let (None, Some(last)) = (self.encore, self.events.last()) {
            let delivered = last.time + Duration::minutes(minutes_later);
            self.events.push(Event { delivered: Some(delivered), again: true, ..last.clone() });
        }
    }

    /// A new resource id, such as `sg-0f3a...`.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}-0{}", self.random.hex(16))
    }

    /// A name that an encore makes its own, for the resources people name.
    pub(crate) fn name(&mut self, name: &str) -> String {
        match self.encore {
            None => name.to_owned(),
            Some(_) => format!("{name}-{}", self.random.hex(5)),
        }
    }

    /// The account that plays the part of `account`.
    pub(crate) fn account(&self, account: Account) -> Account {
        let position = ACCOUNTS.iter().position(|other| *other == account).unwrap_or_default();
        ACCOUNTS[(position + self.encore.unwrap_or_default()) % ACCOUNTS.len()]
    }

    /// Somebody's session, of whose beginning there is no record.
    pub(crate) fn session(
        &self,
        person: &'static Person,
        account: Account,
        region: Region,
    ) -> Session {
        Session { person, account: self.account(account), region, since: self.now() }
    }

    /// Somebody signs in to the console.
    pub(crate) fn sign_in(
        &mut self,
        person: &'static Person,
        account: Account,
        region: Region,
        mfa: &str,
    ) -> Result<Session> {
        let session = self.session(person, account, region);
        let login = call("signin:ConsoleLogin")
            .returning(json!({ "ConsoleLogin": "Success" }))
            .sign_in(json!({
                "LoginTo": format!("https://{region}.console.aws.amazon.com/console/home?region={region}"),
                "MobileVersion": "No",
                "MFAUsed": mfa,
            }));
        self.harmless(&session, Via::QuietBrowser, login, "sign-in")?;
        Ok(session)
    }

    /// A change by hand, which succeeds: what the whole program is about.
    pub(crate) fn change(&mut self, session: &Session, via: Via, call: Call) -> Result<()> {
        self.act(session, via, call, Verdict::Clickops, via.class())
    }

    /// A change by hand that AWS refuses.
    pub(crate) fn denied(&mut self, session: &Session, via: Via, call: Call) -> Result<()> {
        self.act(session, via, call, Verdict::Attempted, via.class())
    }

    /// Something done by hand that changes a session or a state, but no
    /// configuration.
    pub(crate) fn operate(&mut self, session: &Session, via: Via, call: Call) -> Result<()> {
        self.act(session, via, call, Verdict::Operational, via.class())
    }

    /// A call that is no change by hand, and the class that says why not.
    pub(crate) fn harmless(
        &mut self,
        session: &Session,
        via: Via,
        call: Call,
        class: &'static str,
    ) -> Result<()> {
        self.act(session, via, call, Verdict::Not, class)
    }

    /// What a page asks for before anybody has clicked anything: calls by
    /// name, with spaces between them.
    pub(crate) fn look(&mut self, session: &Session, via: Via, names: &'static str) -> Result<()> {
        for name in names.split_whitespace() {
            let request =
                if self.random.below(3) == 0 { Value::Null } else { json!({ "maxResults": 50 }) };
            self.harmless(session, via, call(name).with(request), "read")?;
        }
        Ok(())
    }

    /// A service carries on in the name of somebody in the console: their
    /// flag stays, the call is not theirs.
    pub(crate) fn chained(
        &mut self,
        session: &Session,
        service: &'static str,
        call: Call,
    ) -> Result<()> {
        let caller = Caller {
            identity: self.identity(session).through(service),
            address: service.to_owned(),
            user_agent: Some(service.to_owned()),
            external: false,
            flagged: true,
        };
        self.emit(caller, session.account, session.region, call, Verdict::Chained, "service")
    }

    /// A page of the billing console: no user agent, and nobody by name.
    pub(crate) fn console_action(&mut self, session: &Session, call: Call) -> Result<()> {
        let caller = Caller {
            identity: Identity::unnamed(session.account),
            address: session.person.ip.to_owned(),
            user_agent: None,
            external: false,
            flagged: false,
        };
        let call = call.console_action();
        self.emit(caller, session.account, GLOBAL, call, Verdict::Clickops, "console-action")
    }

    /// A machine, an AWS service or an app user does its work.
    pub(crate) fn automatic(
        &mut self,
        identity: Identity,
        via: Via,
        account: Account,
        region: Region,
        call: Call,
        class: &'static str,
    ) -> Result<()> {
        let caller = Caller {
            identity,
            address: via.address(if class == "app-user" { SHOPPER } else { EGRESS }),
            user_agent: Some(via.user_agent(ROOT.browser, call.service, call.action)),
            external: via.is_external(),
            flagged: false,
        };
        self.emit(caller, account, region, call, Verdict::Not, class)
    }

    fn act(
        &mut self,
        session: &Session,
        via: Via,
        call: Call,
        verdict: Verdict,
        class: &'static str,
    ) -> Result<()> {
        let caller = Caller {
            identity: self.identity(session),
            address: via.address(session.person.ip),
            user_agent: Some(via.user_agent(session.person.browser, call.service, call.action)),
            external: via.is_external(),
            flagged: via.is_flagged(),
        };
        self.emit(caller, session.account, session.region, call, verdict, class)
    }

    fn identity(&mut self, session: &Session) -> Identity {
        Identity::person(session.person, session.account, session.since, self.random)
    }

    fn emit(
        &mut self,
        caller: Caller,
        account: Account,
        region: Region,
        call: Call,
        verdict: Verdict,
        class: &'static str,
    ) -> Result<()> {
        let region = logged_in(call.service, region);
        let event_id = self.random.uuid();
        let time = self.now();
        let json = record(&caller, &call, &event_id, account, region, time, self.random)?;
        let truth = Truth { event_id, account_id: account, class, verdict };
        self.events.push(Event {
            truth,
            region,
            time,
            delivered: self.held_until,
            again: false,
            json,
        });
        self.seconds += self.random.between(1, 12);
        Ok(())
    }
}
