//! Connections: how many, how long each may keep a place without asking anything, and how all of
//! them end.
//!
//! `axum::serve` takes every connection there is and waits for headers without end, so that a few
//! thousand silent clients would use up the process's file descriptors. This loop takes as many as
//! are allowed and closes those that do not come to the point; the others wait in the system's
//! queue, which costs the process nothing.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::{Service, ServiceExt};

use super::{Peer, metrics};
use crate::config::Server;

/// Lines of one request header; browsers and proxies send two dozen.
const MAX_HEADERS: usize = 64;
/// Bytes of one request header, address and cookies included.
const MAX_HEADER_BYTES: usize = 64 * 1024;
/// Pause after the system refused a connection for a reason of its own, such as no file descriptor
/// left: trying again at once would only burn a core.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Pause between two lines in the log about the same state of things.
const SAY_AGAIN: Duration = Duration::from_secs(60);

/// What connections may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Open at the same time.
    pub connections: usize,
    /// Without a whole request header.
    pub header: Duration,
    /// Without taking a byte of an answer that waits.
    pub write: Duration,
}

impl From<&Server> for Limits {
    fn from(server: &Server) -> Self {
        Self {
            connections: server.max_connections,
            header: Duration::from_secs(server.header_timeout_s),
            write: Duration::from_secs(server.write_timeout_s),
        }
    }
}

/// Answers requests until `stop` is cancelled, then takes no more, lets those at work end, and
/// returns when the last connection is closed.
pub async fn listen(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
) {
    let connections = TaskTracker::new();
    let places = Arc::new(Semaphore::new(limits.connections));
    metrics::connection_limit(limits.connections);
    let accepting = async {
        let mut said = None;
        while let Some(place) = place(&places, &mut said).await {
            let stream = accept(&listener).await;
            connections.spawn(serve(stream, router.clone(), limits, stop.clone(), place));
        }
    };
    tokio::select! {
        () = accepting => {}
        () = stop.cancelled() => {}
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// A place for one more connection. `None` never comes: the semaphore is not closed. `said` is when
/// the log was last told that there was none.
async fn place(
    places: &Arc<Semaphore>,
    said: &mut Option<Instant>,
) -> Option<OwnedSemaphorePermit> {
    if let Ok(place) = Arc::clone(places).try_acquire_owned() {
        return Some(place);
    }
    metrics::connections_full();
    if said.is_none_or(|at| at.elapsed() > SAY_AGAIN) {
        *said = Some(Instant::now());
        tracing::warn!("every connection is taken (server.max_connections); others wait");
    }
    Arc::clone(places).acquire_owned().await.ok()
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

/// It was gone before it was taken.
fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// The router, told with each request where it comes from.
fn from(
    peer: Option<Peer>,
    router: Router,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone
{
    router.map_request(move |mut request: Request<Incoming>| {
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        request
    })
}

async fn serve(
    stream: TcpStream,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
    place: OwnedSemaphorePermit,
) {
    let _open = metrics::connection();
    // Answers are small and events must not wait for more to come.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let peer = stream.peer_addr().ok().map(Peer);
    let mut stream = Box::pin(TimeoutStream::new(stream));
    // A client that stops reading would keep its place, and the events that wait for it, for ever.
    stream.as_mut().set_write_timeout_pinned(Some(limits.write));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(from(peer, router)));
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
    drop(place);
}
