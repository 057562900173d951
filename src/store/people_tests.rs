//! Users, sessions, tokens and the audit log in a real database.

use time::Duration;

use super::{Store, StoreError};
use crate::domain::{
    Action, Actor, Password, PasswordHash, PersonRole, Session, SessionId, Timestamp, Token,
    TokenId, User, UserId,
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + Duration::seconds(1_800_000_000 + seconds)
}

fn user(name: &str, role: PersonRole) -> User {
    User { id: UserId::new(), name: name.to_owned(), role, disabled: false, created_at: at(0) }
}

/// No password has it; nothing here compares one.
fn hash() -> PasswordHash {
    let text = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    PasswordHash::parse(text).expect("a PHC string")
}

fn cli() -> Actor {
    Actor::command_line()
}

struct Place {
    store: Store,
    _dir: tempfile::TempDir,
}

async fn place() -> Place {
    let dir = tempfile::tempdir().expect("a temporary folder");
    Place { store: Store::open(dir.path()).await.expect("opened"), _dir: dir }
}

impl Place {
    async fn add(&self, name: &str, role: PersonRole) -> User {
        let user = user(name, role);
        self.store.users().add(&user, &hash(), &cli()).await.expect("added");
        user
    }

    async fn begin(&self, user: &User, secret: u8, now: Timestamp) -> Session {
        let session = Session {
            id: SessionId::new(),
            user_id: user.id,
            created_at: now,
            seen_at: now,
            expires_at: now + Duration::hours(10),
            address: "192.0.2.1".to_owned(),
            agent: "a browser".to_owned(),
        };
        let sessions = self.store.sessions();
        sessions.begin(&session, [secret; 32], None, &cli()).await.expect("begun");
        session
    }

    async fn token(&self, user: &User, secret: u8, expires_at: Option<Timestamp>) -> Token {
        let token = Token {
            id: TokenId::new(),
            user_id: user.id,
            name: "a job".to_owned(),
            role: PersonRole::Annotator,
            read_only: true,
            created_at: at(0),
            expires_at,
            used_at: None,
            revoked_at: None,
        };
        self.store.tokens().add(&token, [secret; 32], user, &cli()).await.expect("added");
        token
    }

    async fn is_in(&self, secret: u8, now: Timestamp) -> bool {
        self.store.sessions().find([secret; 32], 3600, now).await.expect("looked").is_some()
    }
}

#[tokio::test]
async fn users_are_read_back_and_names_are_taken_whatever_their_case() {
    let place = place().await;
    let users = place.store.users();
    assert!(!users.any().await.expect("looked"));
    let refused = users.add(&user("ben", PersonRole::Viewer), &hash(), &cli()).await;
    assert!(matches!(refused, Err(StoreError::FirstIsAdmin)), "{refused:?}");
    let ana = place.add("Ana", PersonRole::Admin).await;
    assert!(users.any().await.expect("looked"));
    assert_eq!(users.get(ana.id).await.expect("read"), Some(ana.clone()));
    assert_eq!(users.named("aNA").await.expect("read"), Some((ana.clone(), hash())));
    assert_eq!(users.named("an").await.expect("read"), None);
    let refused = users.add(&user("ANA", PersonRole::Viewer), &hash(), &cli()).await;
    assert!(matches!(refused, Err(StoreError::NameTaken { .. })), "{refused:?}");
    let ben = place.add("ben", PersonRole::Viewer).await;
    assert_eq!(users.list().await.expect("read"), [ana, ben]);
}

#[tokio::test]
async fn somebody_can_always_undo_it() {
    let place = place().await;
    let ana = place.add("ana", PersonRole::Admin).await;
    let users = place.store.users();
    let demoted = users.set_role(ana.id, PersonRole::Viewer, &cli(), at(1)).await;
    assert!(matches!(demoted, Err(StoreError::LastAdmin)), "{demoted:?}");
    let disabled = users.set_disabled(ana.id, true, &cli(), at(1)).await;
    assert!(matches!(disabled, Err(StoreError::LastAdmin)), "{disabled:?}");
    assert_eq!(users.get(ana.id).await.expect("read"), Some(ana.clone()), "rolled back");
    let ben = place.add("ben", PersonRole::Admin).await;
    users.set_role(ana.id, PersonRole::Viewer, &cli(), at(2)).await.expect("ben is left");
    let disabled = users.set_disabled(ben.id, true, &cli(), at(3)).await;
    assert!(matches!(disabled, Err(StoreError::LastAdmin)), "{disabled:?}");
    let nobody = users.set_role(UserId::new(), PersonRole::Viewer, &cli(), at(4)).await;
    assert!(matches!(nobody, Err(StoreError::NoSuch { .. })), "{nobody:?}");
}

#[tokio::test]
async fn sessions_end_by_time_by_idleness_and_with_their_user() {
    let place = place().await;
    let ana = place.add("ana", PersonRole::Admin).await;
    let ben = place.add("ben", PersonRole::Viewer).await;
    let session = place.begin(&ben, 1, at(0)).await;
    let sessions = place.store.sessions();
    let found = sessions.find([1; 32], 3600, at(30)).await.expect("looked").expect("there");
    assert_eq!(found, (session.clone(), ben.clone()));
    assert!(!place.is_in(2, at(0)).await, "another secret");
    assert!(!place.is_in(1, at(3600)).await, "an hour unused");
    assert!(place.is_in(1, at(3500)).await);
    assert!(place.is_in(1, at(7000)).await, "it was used in between");
    let mut now = 7000;
    while now < 36_000 {
        assert!(place.is_in(1, at(now)).await);
        now += 3000;
    }
    assert!(!place.is_in(1, at(36_000)).await, "ten hours are over");
    place.begin(&ben, 3, at(0)).await;
    place.store.users().set_disabled(ben.id, true, &cli(), at(1)).await.expect("disabled");
    place.store.users().set_disabled(ben.id, false, &cli(), at(2)).await.expect("enabled");
    assert!(!place.is_in(3, at(3)).await, "it ended");
    let (first, _) = (place.begin(&ana, 4, at(5)).await, place.begin(&ana, 5, at(5)).await);
    sessions.end(first.id, &ben, &cli(), at(6)).await.expect("somebody else's is left alone");
    assert!(place.is_in(4, at(6)).await);
    sessions.end_all(&ana, Some(first.id), &cli(), at(6)).await.expect("ended");
    assert!(place.is_in(4, at(6)).await && !place.is_in(5, at(6)).await);
    let users = place.store.users();
    users.set_password(ana.id, &hash(), None, &cli(), at(7)).await.expect("changed");
    assert!(!place.is_in(4, at(8)).await);
}

#[tokio::test]
async fn a_new_login_takes_the_place_of_the_old_one_and_there_are_few() {
    let place = place().await;
    let ana = place.add("ana", PersonRole::Admin).await;
    let mut session = place.begin(&ana, 100, at(0)).await;
    session.id = SessionId::new();
    let sessions = place.store.sessions();
    sessions.begin(&session, [101; 32], Some([100; 32]), &cli()).await.expect("begun");
    assert!(!place.is_in(100, at(1)).await && place.is_in(101, at(1)).await);
    for n in 0..30 {
        place.begin(&ana, n, at(i64::from(n) + 10)).await;
    }
    assert_eq!(sessions.of(ana.id, at(50)).await.expect("read").len(), 20);
    assert!(!place.is_in(101, at(50)).await && place.is_in(29, at(50)).await);
}

#[tokio::test]
async fn tokens_end_by_time_by_being_revoked_and_with_their_user() {
    let place = place().await;
    place.add("ana", PersonRole::Admin).await;
    let ben = place.add("ben", PersonRole::Viewer).await;
    let tokens = place.store.tokens();
    let kept = place.token(&ben, 1, None).await;
    let short = place.token(&ben, 2, Some(at(100))).await;
    let good =
        async |secret: u8, now| tokens.find([secret; 32], at(now)).await.expect("looked").is_some();
    assert!(good(1, 5).await && good(2, 99).await && !good(2, 100).await && !good(3, 5).await);
    let listed = tokens.of(ben.id).await.expect("read");
    assert_eq!(listed[0], Token { used_at: Some(at(99)), ..short.clone() });
    assert_eq!(listed[1], Token { used_at: Some(at(5)), ..kept.clone() });
    let users = place.store.users();
    users.set_disabled(ben.id, true, &cli(), at(6)).await.expect("disabled");
    assert!(!good(1, 7).await);
    users.set_disabled(ben.id, false, &cli(), at(8)).await.expect("enabled");
    assert!(good(1, 9).await);
    let other = tokens.revoke(kept.id, Some(UserId::new()), &cli(), at(10)).await;
    assert!(matches!(other, Err(StoreError::NoSuch { .. })), "somebody else's");
    tokens.revoke(kept.id, Some(ben.id), &cli(), at(10)).await.expect("revoked");
    assert!(!good(1, 11).await);
    assert!(tokens.revoke(kept.id, None, &cli(), at(12)).await.is_err(), "once is enough");
    for n in 0..49 {
        place.token(&ben, 10 + n, None).await;
    }
    let token = Token { id: TokenId::new(), ..short };
    let full = tokens.add(&token, [99; 32], &ben, &cli()).await;
    assert!(matches!(full, Err(StoreError::TooMany { .. })), "{full:?}");
}

#[tokio::test]
async fn the_audit_log_is_written_with_the_deed_and_cannot_be_changed() {
    let place = place().await;
    let ana = place.add("ana", PersonRole::Admin).await;
    let actor = Actor {
        id: Some(ana.id),
        name: "ana".to_owned(),
        request_id: "r1".to_owned(),
        address: "192.0.2.9".to_owned(),
    };
    let ben = user("ben", PersonRole::Viewer);
    place.store.users().add(&ben, &hash(), &actor).await.expect("added");
    let refused = place.store.users().add(&ben, &hash(), &actor).await;
    assert!(refused.is_err(), "and leaves no line");
    let audit = place.store.audit();
    audit.add(&cli(), Action::LoginRefused, "ben", "", at(3)).await.expect("written");
    let lines = audit.page(None, None, 10).await.expect("read");
    let said: Vec<_> = lines.iter().map(|line| (&*line.action, &*line.target)).collect();
    let added = Action::UserAdded.as_str();
    assert_eq!(said, [("session.refused", "ben"), (added, "ben"), (added, "ana")]);
    assert_eq!((&lines[1].actor, lines[1].at), (&actor, at(0)));
    assert_eq!(lines[1].detail, "role viewer");
    let of = async |name: &str, before, limit| {
        let lines = audit.page(Some(name), before, limit).await.expect("read");
        lines.iter().map(|line| line.number).collect::<Vec<_>>()
    };
    assert_eq!(of("BEN", None, 10).await, [3, 2]);
    assert_eq!(of("ana", Some(2), 10).await, [1]);
    assert_eq!(of("ana", None, 1).await, [2]);
    for statement in [
        "UPDATE audit SET name = 'x' WHERE id = 1",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit (id, at, name, action, target, detail, request_id, address) \
         VALUES (1, 0, 'x', 'x', 'x', 'x', 'x', 'x')",
    ] {
        let mut tx = place.store.write().await.expect("begun");
        let refused = sqlx::query(statement).execute(&mut *tx).await.expect_err("refused");
        assert!(refused.to_string().contains("append-only"), "{statement}: {refused}");
    }
    assert_eq!(audit.page(None, None, 10).await.expect("read"), lines);
}

#[tokio::test]
async fn no_secret_is_in_the_file() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(dir.path()).await.expect("opened");
    let password = Password::choose("/p", "correct horse battery", "ana").expect("fine");
    let ana = user("ana", PersonRole::Admin);
    store.users().add(&ana, &password.hash([1; 16]), &cli()).await.expect("added");
    let secret = crate::domain::SessionSecret::new([0xA7; 32]);
    let session = Session {
        id: SessionId::new(),
        user_id: ana.id,
        created_at: at(0),
        seen_at: at(0),
        expires_at: at(9),
        address: String::new(),
        agent: String::new(),
    };
    store.sessions().begin(&session, secret.hash(), None, &cli()).await.expect("begun");
    store.close().await.expect("closed");
    let bytes = std::fs::read(dir.path().join("glore.db")).expect("read");
    let holds = |what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
    assert!(holds(b"argon2id") && holds(&secret.hash()));
    assert!(!holds(b"horse") && !holds(&[0xA7; 32]) && !holds(secret.text().as_bytes()));
}

#[tokio::test]
async fn a_command_works_beside_a_server() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let server = Store::open(dir.path()).await.expect("opened");
    assert!(!server.users().any().await.expect("looked"));
    let beside = Store::open_beside(dir.path()).await.expect("opened beside it");
    let ana = user("ana", PersonRole::Admin);
    beside.users().add(&ana, &hash(), &cli()).await.expect("added");
    assert!(server.users().any().await.expect("looked"), "seen at once");
    assert_eq!(server.users().list().await.expect("read"), [ana]);
}
