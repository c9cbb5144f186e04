//! Copies between a PostgreSQL server and memory, killed and begun again.

use crate::filled::{contents, fill};
use boxoffice_store::{
    CopyError, Memory, Postgres, PostgresAddress, PostgresSettings, Store, copy, migrate,
};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{DatabaseServer, test_name};

async fn killed_after(
    turns: usize,
    from: &dyn Store,
    to: &dyn Store,
) -> Option<Result<(), CopyError>> {
    let mut progress = |_: &_| {};
    let copying = copy(from, to, "memory", fastrand::u128(..), &mut progress);
    let killed = async {
        for _ in 0..turns {
            to.now().await.expect("it is up");
        }
    };
    tokio::select! {
        copied = copying => Some(copied.map(drop)),
        () = killed => None,
    }
}

#[tokio::test]
async fn a_copy_that_is_killed_goes_on_and_has_everything_there_and_back() {
    let server = match DatabaseServer::start("") {
        Ok(server) => server,
        Err(why) => return skip(test_name!(), Need::Postgres, &why),
    };
    let address = PostgresAddress::parse(&server.address()).expect("an address");
    migrate(&address).await.expect("the database takes it");
    let to = Postgres::open(&address, &PostgresSettings::default()).await.expect("it is up");
    let now = to.now().await.expect("it is up");
    let from = Memory::new(now);
    fill(&from).await;
    let (mut turns, mut kills) = (0, 0);
    while killed_after(turns, &from, &to).await.is_none_or(|copied| {
        // It may be killed when it has done everything.
        assert!(matches!(copied, Ok(()) | Err(CopyError::Finished)), "{copied:?}");
        false
    }) {
        (turns, kills) = (turns + 3, kills + 1);
    }
    assert!(kills > 3, "it was killed {kills} times");
    assert_eq!(contents(&from).await, contents(&to).await);
    let back = Memory::new(now);
    let figures = copy(&to, &back, "PostgreSQL", 1 << 64, &mut |_| {}).await.expect("it is empty");
    assert_eq!(figures.logs, 6);
    assert_eq!(contents(&from).await, contents(&back).await);
}
