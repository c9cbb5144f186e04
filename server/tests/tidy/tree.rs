//! The modules of a crate, the names each binds, and every path that its code names.

use crate::tidy::sources::Sources;
use crate::tidy::tokens::{self, words};
use proc_macro2::TokenStream;
use std::collections::{BTreeSet, HashMap};
use std::mem;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Attribute, Meta, UseTree};

/// A crate: its root module comes first.
#[derive(Default)]
pub(crate) struct Tree {
    pub(crate) modules: Vec<Module>,
    pub(crate) named: BTreeSet<Named>,
    /// The files of macros, which are found by name where no path leads to them.
    pub(crate) macros: HashMap<String, String>,
    /// Modules without a file.
    pub(crate) missing: Vec<String>,
}

#[derive(Default)]
pub(crate) struct Module {
    pub(crate) file: String,
    pub(crate) parent: usize,
    /// Whether only tests have it.
    pub(crate) test: bool,
    pub(crate) bound: HashMap<String, Vec<Bound>>,
    /// The paths of glob imports; whether only tests have them.
    pub(crate) globs: Vec<(Vec<String>, bool)>,
}

/// What a name stands for in a module; whether only tests have it.
pub(crate) struct Bound(pub(crate) Binding, pub(crate) bool);

pub(crate) enum Binding {
    /// A struct, enum, union or trait.
    Type,
    Item,
    Module(usize),
    Import(Vec<String>),
    /// A word in the call of a macro, which may define it.
    Made,
}

/// A path that is written in a module.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Named {
    pub(crate) module: usize,
    pub(crate) path: Vec<String>,
    pub(crate) origin: Origin,
    pub(crate) test: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    Code,
    Use,
    Macro,
    /// The arguments of a macro or attribute, where a word may be anything.
    Tokens,
}

impl Tree {
    /// Reads the crate with this root file, which may be all for tests.
    pub(crate) fn read(sources: &Sources, root: &str, test: bool) -> Self {
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let mut walk = Walk { sources, tree: Self::default(), module: 0, folder, test };
        walk.file(root);
        walk.tree
    }

    /// The structs, enums and traits outside tests, each with its file.
    pub(crate) fn types(&self) -> Vec<(String, String)> {
        let mut types = Vec::new();
        for module in &self.modules {
            for (name, bound) in &module.bound {
                let own = bound.iter().filter(|b| matches!(b, Bound(Binding::Type, false)));
                types.extend(own.map(|_| (name.clone(), module.file.clone())));
            }
        }
        types
    }
}

struct Walk<'a> {
    sources: &'a Sources,
    tree: Tree,
    module: usize,
    /// Where files of child modules are.
    folder: String,
    test: bool,
}

impl Walk<'_> {
    fn file(&mut self, path: &str) {
        let parsed = syn::parse_file(&self.sources[path]);
        let parsed = parsed.unwrap_or_else(|error| panic!("{path} cannot be parsed: {error}"));
        self.under(&parsed.attrs, |walk| walk.module(path.to_owned(), &parsed.items));
    }

    fn module(&mut self, file: String, items: &[syn::Item]) {
        let (parent, own) = (self.module, self.tree.modules.len());
        let module = Module { file, parent, test: self.test, ..Module::default() };
        self.tree.modules.push(module);
        self.module = own;
        items.iter().for_each(|item| self.visit_item(item));
        self.module = parent;
    }

    fn child(&mut self, item: &syn::ItemMod) {
        let name = item.ident.unraw().to_string();
        self.bind(&name, Binding::Module(self.tree.modules.len()));
        let folder = format!("{}/{name}", self.folder);
        let (beside, within) = (format!("{folder}.rs"), format!("{folder}/mod.rs"));
        let outer = mem::replace(&mut self.folder, folder);
        if let Some((_, items)) = &item.content {
            self.module(self.tree.modules[self.module].file.clone(), items);
        } else if let Some(path) = [beside, within].iter().find(|p| self.sources.contains_key(*p)) {
            self.file(path);
        } else {
            self.tree.missing.push(self.folder.clone());
            self.module(format!("{}.rs", self.folder), &[]);
        }
        self.folder = outer;
    }

    fn bind(&mut self, name: &str, binding: Binding) {
        let bound = &mut self.tree.modules[self.module].bound;
        bound.entry(name.to_owned()).or_default().push(Bound(binding, self.test));
    }

    fn name(&mut self, path: Vec<String>, origin: Origin) {
        self.tree.named.insert(Named { module: self.module, path, origin, test: self.test });
    }

    fn import(&mut self, tree: &UseTree, mut path: Vec<String>) {
        match tree {
            UseTree::Path(step) => {
                path.push(step.ident.unraw().to_string());
                self.import(&step.tree, path);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(tree, path.clone()));
            }
            UseTree::Name(leaf) => self.import_as(path, &leaf.ident, None),
            UseTree::Rename(leaf) => self.import_as(path, &leaf.ident, Some(&leaf.rename)),
            UseTree::Glob(_) => {
                let globs = &mut self.tree.modules[self.module].globs;
                globs.push((path.clone(), self.test));
                path.push("*".to_owned());
                self.name(path, Origin::Use);
            }
        }
    }

    fn import_as(&mut self, mut path: Vec<String>, leaf: &syn::Ident, name: Option<&syn::Ident>) {
        if leaf != "self" || path.is_empty() {
            path.push(leaf.unraw().to_string());
        }
        let name = name.map(|name| name.unraw().to_string());
        let name = name.or_else(|| path.last().cloned()).expect("a path has a last name");
        self.bind(&name, Binding::Import(path.clone()));
        self.name(path, Origin::Use);
    }

    /// Does something with what has these attributes.
    fn under(&mut self, attributes: &[Attribute], visit: impl FnOnce(&mut Self)) {
        let outer = self.test;
        self.test |= attributes.iter().any(|attribute| {
            attribute.path().segments.last().is_some_and(|name| name.ident == "test")
                || attribute.path().is_ident("cfg")
                    && attribute.parse_args().is_ok_and(|condition| needs_test(&condition))
        });
        visit(self);
        self.test = outer;
    }

    fn tokens(&mut self, tokens: TokenStream) {
        for path in tokens::paths(tokens) {
            self.name(path, Origin::Tokens);
        }
    }
}

/// Whether a condition holds in tests only.
fn needs_test(condition: &Meta) -> bool {
    let Meta::List(list) = condition else { return condition.path().is_ident("test") };
    let all = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
    list.path.is_ident("all")
        && list.parse_args_with(all).is_ok_and(|inner| inner.iter().any(needs_test))
}

/// Visits what attributes may leave to tests.
macro_rules! guarded {
    ($($visit:ident: $node:ident),+ $(,)?) => {$(
        fn $visit(&mut self, node: &'ast syn::$node) {
            self.under(&node.attrs, |walk| visit::$visit(walk, node));
        }
    )+};
}

/// Visits what binds a name in its module.
macro_rules! binding {
    ($($visit:ident: $node:ident $(. $name:ident)+ is $binding:ident),+ $(,)?) => {$(
        fn $visit(&mut self, node: &'ast syn::$node) {
            self.under(&node.attrs, |walk| {
                walk.bind(&node $(.$name)+.unraw().to_string(), Binding::$binding);
                visit::$visit(walk, node);
            });
        }
    )+};
}

impl<'ast> Visit<'ast> for Walk<'_> {
    guarded!(
        visit_arm: Arm,
        visit_expr_block: ExprBlock,
        visit_expr_call: ExprCall,
        visit_expr_method_call: ExprMethodCall,
        visit_field: Field,
        visit_field_value: FieldValue,
        visit_foreign_item_fn: ForeignItemFn,
        visit_impl_item_const: ImplItemConst,
        visit_impl_item_fn: ImplItemFn,
        visit_item_impl: ItemImpl,
        visit_local: Local,
        visit_stmt_macro: StmtMacro,
        visit_trait_item_fn: TraitItemFn,
        visit_variant: Variant,
    );

    binding!(
        visit_item_const: ItemConst.ident is Item,
        visit_item_enum: ItemEnum.ident is Type,
        visit_item_fn: ItemFn.sig.ident is Item,
        visit_item_static: ItemStatic.ident is Item,
        visit_item_struct: ItemStruct.ident is Type,
        visit_item_trait: ItemTrait.ident is Type,
        visit_item_type: ItemType.ident is Item,
        visit_item_union: ItemUnion.ident is Type,
    );

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.under(&item.attrs, |walk| walk.child(item));
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let before = item.leading_colon.map(|_| String::new()).into_iter().collect();
        self.under(&item.attrs, |walk| walk.import(&item.tree, before));
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        self.under(&item.attrs, |walk| {
            let Some(name) = &item.ident else {
                let made = tokens::all_words(item.mac.tokens.clone());
                made.iter().for_each(|word| walk.bind(word, Binding::Made));
                return visit::visit_item_macro(walk, item);
            };
            walk.bind(&name.to_string(), Binding::Item);
            let file = walk.tree.modules[walk.module].file.clone();
            walk.tree.macros.insert(name.to_string(), file);
            walk.tokens(item.mac.tokens.clone());
        });
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.name(words(&called.path), Origin::Macro);
        self.tokens(called.tokens.clone());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.name(words(path), Origin::Code);
        visit::visit_path(self, path);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if attribute.path().segments.len() > 1 {
            self.visit_path(attribute.path());
        }
        if let Meta::List(list) = &attribute.meta {
            // An attribute that makes a type names it among its words.
            if attribute.path().is_ident("strum_discriminants") {
                let made = tokens::all_words(list.tokens.clone());
                made.iter().for_each(|word| self.bind(word, Binding::Made));
            }
            self.tokens(list.tokens.clone());
        }
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}
