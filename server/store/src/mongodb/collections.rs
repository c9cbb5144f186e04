//! What is stored, and how an answer is waited for.

use super::failure::{MongoFailure, exists_already};
use super::settings::MongoSettings;
use mongodb::bson::{Document, doc};
use mongodb::options::{ClientOptions, IndexOptions, ReadConcern};
use mongodb::{Client, ClientSession, Collection, Cursor, Database, IndexModel, SessionCursor};
use std::time::Duration;
use tokio::time::timeout;

/// How long an answer is waited for beyond the waits of its settings. A primary that is cut off, or
/// whose process is stopped, never answers.
const PATIENCE: Duration = Duration::from_secs(5);

/// The hints that the database keeps, in bytes: of the oldest, some get lost.
const HINT_BYTES: u64 = 1 << 20;

/// The documents of a store.
pub(super) struct Collections {
    client: Client,
    database: Database,
    pub(super) batches: Collection<Document>,
    pub(super) snapshots: Collection<Document>,
    /// Of the bodies of snapshots.
    pub(super) parts: Collection<Document>,
    pub(super) leases: Collection<Document>,
    pub(super) hints: Collection<Document>,
    wait: Duration,
    members: Members,
}

/// How many servers have the same documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Members {
    One,
    /// A replica set, or a cluster of them.
    Several,
}

impl Collections {
    /// Makes what is not there yet.
    pub(super) async fn open(
        options: ClientOptions,
        database: &str,
        settings: &MongoSettings,
    ) -> Result<Self, MongoFailure> {
        let client = Client::with_options(options).map_err(|error| MongoFailure::of(&error))?;
        let database = client.database(database);
        let collection = |name: &str| database.collection::<Document>(name);
        let mut collections = Self {
            batches: collection("batches"),
            snapshots: collection("snapshots"),
            parts: collection("snapshot_parts"),
            leases: collection("leases"),
            hints: collection("hints"),
            wait: settings.connection_wait + settings.majority_wait + PATIENCE,
            members: Members::One,
            client,
            database,
        };
        collections.members = collections.members().await?;
        collections.make().await?;
        Ok(collections)
    }

    async fn make(&self) -> Result<(), MongoFailure> {
        let ends = IndexModel::builder().keys(doc! { "end": 1 }).build();
        let once = IndexOptions::builder().unique(true).sparse(true).build();
        let begins = IndexModel::builder().keys(doc! { "begins": 1 }).options(once).build();
        self.within(self.batches.create_indexes([ends, begins]).into_future()).await?;
        let hints = self.database.create_collection("hints").capped(true).size(HINT_BYTES);
        let made = async {
            match hints.await {
                Err(error) if exists_already(&error) => Ok(()),
                made => made,
            }
        };
        self.within(made).await
    }

    async fn members(&self) -> Result<Members, MongoFailure> {
        let told = self.run(doc! { "hello": 1 }).await?;
        let is_router = told.get_str("msg").is_ok_and(|it| it == "isdbgrid");
        let is_alone = !is_router && !told.contains_key("setName");
        Ok(if is_alone { Members::One } else { Members::Several })
    }

    /// Has the database run a command.
    pub(super) async fn run(&self, command: Document) -> Result<Document, MongoFailure> {
        self.within(self.database.run_command(command).into_future()).await
    }

    /// The database's time in milliseconds.
    pub(super) async fn now(&self) -> Result<u64, MongoFailure> {
        let told = self.run(doc! { "hello": 1 }).await?;
        let now = told.get_datetime("localTime").map(|now| now.timestamp_millis());
        let now = now.ok().and_then(|now| u64::try_from(now).ok());
        now.ok_or_else(|| MongoFailure::unavailable("it does not tell its time"))
    }

    /// How long an answer is waited for.
    pub(super) const fn wait(&self) -> Duration {
        self.wait
    }

    /// Waits for an answer, but not for ever.
    pub(super) async fn within<T>(
        &self,
        asked: impl Future<Output = mongodb::error::Result<T>> + Send,
    ) -> Result<T, MongoFailure> {
        match timeout(self.wait, asked).await {
            Ok(answer) => answer.map_err(|error| MongoFailure::of(&error)),
            Err(_) => Err(MongoFailure::late(self.wait)),
        }
    }

    /// A session whose reads show everything that was acknowledged before this call, whichever
    /// server answers them: a primary that was replaced without its knowledge fails here.
    ///
    /// Source: MongoDB's manual, "Linearizable Read Concern" and "Causal Consistency".
    pub(super) async fn confirmed(&self) -> Result<ClientSession, MongoFailure> {
        let mut session =
            self.within(self.client.start_session().causal_consistency(true).into_future()).await?;
        if self.members == Members::Several {
            // The guarantee is for queries of one document by its key, whether or not it is there.
            let by_key = self.leases.find_one(doc! { "_id": "confirmed" });
            let confirmed = by_key.read_concern(ReadConcern::linearizable()).session(&mut session);
            self.within(confirmed.into_future()).await?;
        }
        Ok(session)
    }

    /// What a query finds.
    pub(super) async fn all(
        &self,
        found: impl Future<Output = mongodb::error::Result<Cursor<Document>>> + Send,
    ) -> Result<Vec<Document>, MongoFailure> {
        let mut found = self.within(found).await?;
        let mut documents = Vec::new();
        while self.within(found.advance()).await? {
            documents.push(current(found.deserialize_current())?);
        }
        Ok(documents)
    }

    /// What a query of a session finds.
    pub(super) async fn all_of(
        &self,
        mut found: SessionCursor<Document>,
        session: &mut ClientSession,
    ) -> Result<Vec<Document>, MongoFailure> {
        let mut documents = Vec::new();
        while self.within(found.advance(session)).await? {
            documents.push(current(found.deserialize_current())?);
        }
        Ok(documents)
    }
}

/// The document that a cursor is at.
pub(super) fn current(read: mongodb::error::Result<Document>) -> Result<Document, MongoFailure> {
    read.map_err(|error| MongoFailure::of(&error))
}
