//! Names in expressions: each has to be declared, and whatever is declared has to be used.

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::{Expression, ForExpr, ObjectKey, Traversal, TraversalOperator as Operator};
use hcl_edit::structure::{Attribute, Block};
use hcl_edit::visit::{self, Visit};

use super::schema::Schema;
use super::source::{Folder, label};

/// What a folder declares.
struct Declared {
    /// Variables, and the attributes of those that are objects.
    variables: BTreeMap<String, Option<BTreeSet<String>>>,
    locals: BTreeSet<String>,
    /// `aws_s3_bucket.this`, `data.aws_region.current`.
    resources: BTreeSet<String>,
    modules: BTreeSet<String>,
}

/// What is wrong with the names in a folder. `outputs` are those of the module that it calls.
pub(super) fn problems(
    folder: &Folder,
    schema: &Schema,
    outputs: &BTreeSet<String>,
) -> Vec<String> {
    let declared = declared(folder);
    let mut used = BTreeSet::new();
    let mut problems = Vec::new();
    for (file, body) in &folder.files {
        let mut reader = Reader {
            file,
            declared: &declared,
            schema,
            outputs,
            scope: Vec::new(),
            within: String::new(),
            used: BTreeSet::new(),
            problems: Vec::new(),
        };
        reader.visit_body(body);
        used.append(&mut reader.used);
        problems.append(&mut reader.problems);
    }
    let of = |kind: &str, names: Vec<&String>| -> Vec<String> {
        names.into_iter().map(|name| format!("{kind}{name}")).collect()
    };
    let data = declared.resources.iter().filter(|name| name.starts_with("data."));
    let all = [
        of("var.", declared.variables.keys().collect()),
        of("local.", declared.locals.iter().collect()),
        of("", data.collect()),
    ];
    let unused = all.into_iter().flatten().filter(|name| !used.contains(name));
    problems.extend(unused.map(|name| format!("{}: {name} is not used", folder.path)));
    problems
}

fn declared(folder: &Folder) -> Declared {
    let names = |kind: &'static str| -> BTreeSet<String> {
        folder.blocks(kind).map(|(_, block)| label(block, 0).to_owned()).collect()
    };
    let resource = |prefix: &'static str| {
        move |(_, block): (&str, &Block)| format!("{prefix}{}.{}", label(block, 0), label(block, 1))
    };
    let resources = folder.blocks("resource").map(resource(""));
    let locals = folder.blocks("locals").flat_map(|(_, block)| block.body.attributes());
    Declared {
        variables: folder
            .blocks("variable")
            .map(|(_, block)| (label(block, 0).to_owned(), attributes(block)))
            .collect(),
        locals: locals.map(|one| one.key.to_string()).collect(),
        resources: resources.chain(folder.blocks("data").map(resource("data."))).collect(),
        modules: names("module"),
    }
}

/// The attributes of a variable that is an object.
fn attributes(variable: &Block) -> Option<BTreeSet<String>> {
    let call = variable.body.get_attribute("type")?.value.as_func_call()?;
    let object = call.args.iter().next()?.as_object()?;
    let name = |key: &ObjectKey| key.as_ident().map(ToString::to_string);
    (call.name.name.as_str() == "object")
        .then(|| object.iter().filter_map(|(key, _)| name(key)).collect())
}

struct Reader<'a> {
    file: &'a str,
    declared: &'a Declared,
    schema: &'a Schema,
    outputs: &'a BTreeSet<String>,
    /// Names of `for` and `dynamic` around.
    scope: Vec<String>,
    /// The block at the top that is being read.
    within: String,
    used: BTreeSet<String>,
    problems: Vec<String>,
}

impl Reader<'_> {
    fn problem(&mut self, what: &str) {
        self.problems.push(format!("{}: {}: {what}", self.file, self.within));
    }

    /// A name with what is asked of it; `None` stands for an index or a splat.
    fn resolve(&mut self, root: &str, path: &[Option<&str>]) {
        let step = |at: usize| path.get(at).copied().flatten().unwrap_or_default();
        let behind = |at: usize| path.iter().skip(at).find_map(|step| *step);
        match root {
            name if self.scope.iter().any(|known| known == name) => {}
            "path" => {}
            "each" if matches!(step(0), "key" | "value") => {}
            "var" => {
                let name = step(0);
                // To be validated is no use.
                if self.within != format!("variable {name}") {
                    self.used.insert(format!("var.{name}"));
                }
                match self.declared.variables.get(name) {
                    None => self.problem(&format!("there is no variable '{name}'")),
                    Some(Some(known)) if behind(1).is_some_and(|one| !known.contains(one)) => {
                        let attribute = behind(1).unwrap_or_default();
                        self.problem(&format!("var.{name} has no '{attribute}'"));
                    }
                    Some(_) => {}
                }
            }
            "local" => {
                self.used.insert(format!("local.{}", step(0)));
                if !self.declared.locals.contains(step(0)) {
                    self.problem(&format!("there is no local '{}'", step(0)));
                }
            }
            "module" if !self.declared.modules.contains(step(0)) => {
                self.problem(&format!("there is no module '{}'", step(0)));
            }
            "module" if behind(1).is_some_and(|output| !self.outputs.contains(output)) => {
                self.problem(&format!("the module has no output '{}'", step(1)));
            }
            "module" => {}
            "data" => {
                let name = format!("data.{}.{}", step(0), step(1));
                self.attribute(&name, &format!("data.{}", step(0)), behind(2));
            }
            root if root.starts_with("aws_") => {
                self.attribute(&format!("{root}.{}", step(0)), root, behind(1));
            }
            other => self.problem(&format!("'{other}' is nothing that is declared")),
        }
    }

    fn attribute(&mut self, name: &str, kind: &str, attribute: Option<&str>) {
        self.used.insert(name.to_owned());
        if !self.declared.resources.contains(name) {
            self.problem(&format!("there is no {name}"));
        } else if let Some(attribute) = attribute
            && self.schema.tells(kind, attribute) == Some(false)
        {
            self.problem(&format!("{name} has no attribute '{attribute}'"));
        }
    }
}

impl Visit for Reader<'_> {
    fn visit_block(&mut self, node: &Block) {
        let dynamic = node.has_ident("dynamic");
        if self.within.is_empty() {
            self.within = format!("{} {}", node.ident.as_str(), label(node, 0));
            visit::visit_block(self, node);
            self.within.clear();
            return;
        }
        if dynamic {
            self.scope.push(label(node, 0).to_owned());
        }
        visit::visit_block(self, node);
        if dynamic {
            self.scope.pop();
        }
    }

    fn visit_attr(&mut self, node: &Attribute) {
        // These hold words of their own, not names.
        let type_of_variable = node.has_key("type") && self.within.starts_with("variable ");
        if !type_of_variable && !node.has_key("ignore_changes") {
            visit::visit_attr(self, node);
        }
    }

    fn visit_for_expr(&mut self, node: &ForExpr) {
        self.visit_expr(&node.intro.collection_expr);
        let outside = self.scope.len();
        self.scope.extend(node.intro.key_var.iter().map(|name| name.to_string()));
        self.scope.push(node.intro.value_var.to_string());
        for inner in node.key_expr.iter().chain([&node.value_expr]) {
            self.visit_expr(inner);
        }
        if let Some(condition) = &node.cond {
            self.visit_for_cond(condition);
        }
        self.scope.truncate(outside);
    }

    fn visit_traversal(&mut self, node: &Traversal) {
        let Some(root) = node.expr.as_variable() else {
            visit::visit_traversal(self, node);
            return;
        };
        let step = |operator: &Operator| match operator {
            Operator::GetAttr(name) => Some(name.to_string()),
            _ => None,
        };
        let path: Vec<_> = node.operators.iter().map(|one| step(one.value())).collect();
        let path: Vec<_> = path.iter().map(Option::as_deref).collect();
        self.resolve(root.as_str(), &path);
        for operator in &node.operators {
            self.visit_traversal_operator(operator);
        }
    }

    fn visit_expr(&mut self, node: &Expression) {
        match node.as_variable() {
            Some(name) => self.resolve(name.as_str(), &[]),
            None => visit::visit_expr(self, node),
        }
    }
}
