//! Connections: how many, and how long each may take to say something.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt;

use crate::door::Caller;
use crate::metrics::Metrics;

/// Wait after the system refused a connection, usually because too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What all connections of a door share.
#[derive(Clone)]
pub(crate) struct Connections {
    /// Places for connections; who comes when all are taken waits in the system's queue.
    pub(crate) places: Arc<Semaphore>,
    /// Longest wait for the head of a request, also of the next one on the same connection.
    pub(crate) head_wait: Duration,
    pub(crate) metrics: Arc<Metrics>,
}

/// Accepts until told to drain, then waits for the requests under way.
pub(crate) async fn accept(
    listener: TcpListener,
    router: Router,
    connections: Arc<Connections>,
    mut draining: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    loop {
        let next = async {
            let place = Arc::clone(&connections.places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            _ = draining.wait_for(|draining| *draining) => break,
        };
        match (place, accepted) {
            (Ok(place), Ok((stream, peer))) => serve(&graceful, stream, peer, &router, (place, &connections)),
            (_, Err(error)) => refused(&error).await,
            (Err(_), _) => break,
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn refused(error: &io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}

fn serve(
    graceful: &GracefulShutdown,
    stream: TcpStream,
    peer: SocketAddr,
    router: &Router,
    (place, connections): (OwnedSemaphorePermit, &Arc<Connections>),
) {
    // Answers are small and somebody waits for each of them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection that has just ended");
    }
    let (router, connections) = (router.clone(), Arc::clone(connections));
    let watcher = graceful.watcher();
    tokio::spawn(async move {
        connections.metrics.connections.inc();
        let caller = Caller::Address(peer.ip());
        if let Err(error) = talk(watcher, stream, (caller, router), connections.head_wait).await {
            tracing::debug!(%error, "a connection ended early");
        }
        connections.metrics.connections.dec();
        drop(place);
    });
}

/// Requests and answers of one connection.
async fn talk<S>(
    watcher: Watcher,
    stream: S,
    (caller, router): (Caller, Router),
    head_wait: Duration,
) -> Result<(), hyper::Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(caller.clone());
        router.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_wait);
    watcher.watch(http.serve_connection(TokioIo::new(stream), service)).await
}
