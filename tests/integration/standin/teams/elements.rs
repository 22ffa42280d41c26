//! Elements of Adaptive Cards, as of version 1.4, and Teams' own code blocks.

use serde_json::Value;

use super::super::fields::{Fields, Wrong};

/// Keys that every element may have.
const ALL: [&str; 7] =
    ["id", "spacing", "separator", "isVisible", "height", "fallback", "requires"];

const SPACINGS: [&str; 7] =
    ["None", "Small", "Default", "Medium", "Large", "ExtraLarge", "Padding"];
const COLORS: [&str; 7] = ["Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"];
const STYLES: [&str; 6] = ["default", "emphasis", "good", "attention", "warning", "accent"];
const SIDES: [&str; 3] = ["Left", "Center", "Right"];

/// An element of the card's body or of a container.
pub(super) fn element(element: &Fields<'_>) -> Result<(), Wrong> {
    shared(element)?;
    let only = |keys: &[&str]| element.only(&[&ALL, keys].concat());
    match element.kind()? {
        "TextBlock" => {
            only(&[
                "text",
                "color",
                "fontType",
                "horizontalAlignment",
                "isSubtle",
                "maxLines",
                "size",
                "weight",
                "wrap",
                // Of 1.5, which a client of 1.4 leaves alone.
                "style",
            ])?;
            element.text("text", usize::MAX)?;
            element.may_flags(&["isSubtle", "wrap"])?;
            element.may_be_one_of("color", &COLORS)?;
            element.may_be_one_of("fontType", &["Default", "Monospace"])?;
            element.may_be_one_of("horizontalAlignment", &SIDES)?;
            let sizes = ["Small", "Default", "Medium", "Large", "ExtraLarge"];
            element.may_be_one_of("size", &sizes)?;
            element.may_be_one_of("weight", &["Lighter", "Default", "Bolder"])?;
            element.may_be_one_of("style", &["default", "heading"])
        }
        "FactSet" => {
            only(&["facts"])?;
            element.each("facts", 1..=usize::MAX, |fact| {
                fact.only(&["title", "value"])?;
                fact.text("title", usize::MAX)?;
                fact.text("value", usize::MAX).map(drop)
            })
        }
        "Container" => {
            only(&[
                "items",
                "style",
                "verticalContentAlignment",
                "bleed",
                "minHeight",
                "selectAction",
                "backgroundImage",
                "rtl",
            ])?;
            container(element)
        }
        "ColumnSet" => {
            only(&[
                "columns",
                "style",
                "bleed",
                "minHeight",
                "horizontalAlignment",
                "selectAction",
            ])?;
            element.may_be_one_of("style", &STYLES)?;
            element.each("columns", 1..=usize::MAX, |column| match column.get("type") {
                Some(Value::String(kind)) if kind == "Column" => {
                    shared(&column)?;
                    container(&column)
                }
                other => column.wrong(format!("type is {other:?}")),
            })
        }
        "ActionSet" => {
            only(&["actions"])?;
            element.each("actions", 1..=6, |one| action(&one))
        }
        "Image" => {
            only(&[
                "url",
                "altText",
                "backgroundColor",
                "horizontalAlignment",
                "selectAction",
                "size",
                "style",
                "width",
            ])?;
            element.text("altText", usize::MAX)?;
            element.web("url", usize::MAX)
        }
        "ImageSet" => {
            only(&["images", "imageSize"])?;
            element.each("images", 1..=usize::MAX, |image| self::element(&image))
        }
        "RichTextBlock" => {
            only(&["inlines", "horizontalAlignment"])?;
            element.each("inlines", 1..=usize::MAX, |inline| match inline.kind()? {
                "TextRun" => inline.text("text", usize::MAX).map(drop),
                other => inline.wrong(format!("{other} is no inline")),
            })
        }
        "CodeBlock" => {
            only(&["codeSnippet", "language", "startLineNumber"])?;
            element.text("codeSnippet", usize::MAX)?;
            element.may_be_one_of("language", &LANGUAGES)?;
            must_fall_back(element)
        }
        "Table" => {
            element.each("rows", 1..=usize::MAX, |row| {
                row.each("cells", 1..=usize::MAX, |cell| container(&cell))
            })?;
            must_fall_back(element)
        }
        other => element.wrong(format!("unknown type {other}")),
    }
}

/// <https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format#codeblock-in-adaptive-cards>
const LANGUAGES: [&str; 20] = [
    "Bash",
    "C",
    "Cpp",
    "CSharp",
    "Css",
    "Dos",
    "Go",
    "Graphql",
    "Html",
    "Java",
    "JavaScript",
    "Json",
    "ObjectiveC",
    "Perl",
    "Php",
    "PlainText",
    "PowerShell",
    "Python",
    "Sql",
    "Xml",
];

fn shared(element: &Fields<'_>) -> Result<(), Wrong> {
    element.may_flags(&["separator", "isVisible"])?;
    element.may_be_one_of("spacing", &SPACINGS)?;
    element.may_be_one_of("height", &["auto", "stretch"])?;
    match element.get("fallback") {
        None => Ok(()),
        Some(Value::String(word)) if word == "drop" => Ok(()),
        Some(_) => self::element(&element.object("fallback")?),
    }
}

fn container(element: &Fields<'_>) -> Result<(), Wrong> {
    element.may_be_one_of("style", &STYLES)?;
    element.may_be_one_of("verticalContentAlignment", &["Top", "Center", "Bottom"])?;
    element.may_flags(&["bleed"])?;
    if element.get("selectAction").is_some() {
        action(&element.object("selectAction")?)?;
    }
    element.each("items", 1..=usize::MAX, |item| self::element(&item))
}

/// Version 1.4 does not have it, so a card of that version says what to show in its place.
fn must_fall_back(element: &Fields<'_>) -> Result<(), Wrong> {
    match element.get("fallback") {
        Some(_) => Ok(()),
        None => element.wrong("no fallback, and 1.4 does not have it"),
    }
}

/// A button. A workflow has nobody who would hear of `Action.Submit` and `Action.Execute`.
pub(super) fn action(action: &Fields<'_>) -> Result<(), Wrong> {
    let all = ["id", "title", "iconUrl", "style", "fallback", "requires", "tooltip", "isEnabled"];
    let only = |keys: &[&str]| action.only(&[&all, keys].concat());
    action.may_text("title", usize::MAX)?;
    action.may_be_one_of("style", &["default", "positive", "destructive"])?;
    match action.kind()? {
        "Action.OpenUrl" => {
            only(&["url"])?;
            action.web("url", usize::MAX)
        }
        "Action.ToggleVisibility" => {
            only(&["targetElements"])?;
            match action.get("targetElements").and_then(Value::as_array) {
                Some(targets) if !targets.is_empty() => Ok(()),
                _ => action.wrong("no targetElements"),
            }
        }
        "Action.ShowCard" => {
            only(&["card"])?;
            let card = action.object("card")?;
            card.each("body", 1..=usize::MAX, |one| element(&one))
        }
        other => action.wrong(format!("{other} is no action of such a card")),
    }
}
