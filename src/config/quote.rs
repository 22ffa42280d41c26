//! What an error may show of a config. The reader of TOML shows the line that it stumbles on, and a
//! secret that somebody wrote there in place of a reference must not get into a log with it.

/// A message of the reader without what may be a secret: addresses of the web, and all values in the
/// lines of a channel. `at` is the byte of `text`, the whole file, that the message is about.
pub(super) fn without_secrets(message: &str, text: &str, at: Option<usize>) -> String {
    let message = message.trim_end();
    if !at.and_then(|at| text.get(..at)).is_some_and(ends_in_channel) {
        return without_addresses(message);
    }
    let lines: Vec<_> = message.lines().map(without_value).collect();
    without_addresses(&lines.join("\n"))
}

/// Whether the last table that begins in the text is a channel.
fn ends_in_channel(text: &str) -> bool {
    let mut lines = text.lines().rev().map(str::trim_start);
    lines.find(|line| line.starts_with('[')).is_some_and(|line| line.contains("channel"))
}

/// A line of a message, of which those with a bar are the file's.
fn without_value(line: &str) -> String {
    match (line.contains(" | "), line.find('=')) {
        (true, Some(at)) => format!("{}= …", &line[..at]),
        _ => line.to_owned(),
    }
}

fn without_addresses(text: &str) -> String {
    let mut pieces = text.split("://");
    let mut shown = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let ends = |c: char| c.is_whitespace() || matches!(c, '\'' | '"');
        // A bucket's name is no secret.
        let rest = if shown.ends_with("s3") { 0 } else { piece.find(ends).unwrap_or(piece.len()) };
        shown.push_str(if rest > 0 { "://…" } else { "://" });
        shown.push_str(&piece[rest..]);
    }
    shown
}
