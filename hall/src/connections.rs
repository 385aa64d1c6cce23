//! Connections: how many, and how long each may take to say something.

use std::convert::Infallible;
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
use rustls::ServerConfig;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::door::Caller;
use crate::identity::{Revoked, caller_of};
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
    /// How connections are sealed; none for a loopback address.
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// Whose connections end at the next request.
    pub(crate) revoked: Arc<Revoked>,
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
        begin(watcher, (stream, peer), router, &connections).await;
        connections.metrics.connections.dec();
        drop(place);
    });
}

/// The handshake, if there is one, and what follows.
async fn begin(
    watcher: Watcher,
    (stream, peer): (TcpStream, SocketAddr),
    router: Router,
    connections: &Connections,
) {
    let Some(tls) = &connections.tls else {
        return talk(watcher, stream, (Caller::Address(peer.ip()), router), connections).await;
    };
    let handshake = TlsAcceptor::from(Arc::clone(tls)).accept(stream);
    match tokio::time::timeout(connections.head_wait, handshake).await {
        Ok(Ok(stream)) => {
            let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
            let caller = shown.and_then(caller_of).unwrap_or(Caller::Address(peer.ip()));
            talk(watcher, stream, (caller, router), connections).await;
        }
        Ok(Err(error)) => tracing::info!(%peer, %error, "a handshake was refused"),
        Err(_) => tracing::info!(%peer, "a handshake took too long"),
    }
}

/// Requests and answers of one connection.
async fn talk<S>(watcher: Watcher, stream: S, (caller, router): (Caller, Router), connections: &Connections)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let revoked = Arc::clone(&connections.revoked);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(caller.clone());
        let lets_in = !matches!(&caller, Caller::Kiosk { serial, .. } if revoked.has(serial));
        let router = router.clone();
        async move {
            if lets_in { router.oneshot(request).await.map_err(Ended::from) } else { Err(Ended::Revoked) }
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(connections.head_wait);
    if let Err(error) = watcher.watch(http.serve_connection(TokioIo::new(stream), service)).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Why a connection gets no answer.
#[derive(Debug, Error)]
enum Ended {
    /// Its certificate was revoked while it was open.
    #[error("the certificate was revoked")]
    Revoked,
    /// Never: handlers answer everything.
    #[error("no answer")]
    Never(#[from] Infallible),
}
