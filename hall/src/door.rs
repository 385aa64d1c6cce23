//! The hall's port: open, closed and opened again.
//!
//! While the door is open, its listener and connections live on a runtime of their own. Closing it
//! ends that runtime, and with it every connection: kiosks see what they see when a hall goes down.
//! Draining it lets the requests under way finish first.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::connections::{Connections, accept};

/// Threads that serve kiosks; the work itself is done by the store's threads.
const THREADS: usize = 2;

/// Longest wait for requests under way when the hall stops.
const DRAIN_WAIT: Duration = Duration::from_secs(5);

/// Longest wait for calls to the outside world that are under way when the door closes.
const CLOSE_WAIT: Duration = Duration::from_secs(1);

/// Longest wait for the port of a door that has just been closed.
const PORT_WAIT: Duration = Duration::from_secs(5);

/// Who asks, as far as the connection tells.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// Somebody at an address.
    Address(IpAddr),
    /// The kiosk that the certificate of the connection names.
    Kiosk {
        /// Its code.
        kiosk: String,
        /// Serial number of the certificate, in hexadecimal.
        serial: String,
    },
}

pub(crate) struct Door {
    address: SocketAddr,
    router: Router,
    connections: Connections,
    open: Mutex<Option<Open>>,
}

/// What lives while the door is open.
struct Open {
    runtime: Runtime,
    drain: watch::Sender<bool>,
    drained: tokio::task::JoinHandle<()>,
}

impl Door {
    /// Opens a door; port 0 takes a free one, which the door keeps.
    pub(crate) fn open(listen: SocketAddr, router: Router, connections: Connections) -> io::Result<Self> {
        let (open, address) = serve(listen, router.clone(), connections.clone())?;
        Ok(Self { address, router, connections, open: Mutex::new(Some(open)) })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the listener and drops every connection, before it returns.
    pub(crate) fn close(&self) {
        let open = self.opened().take();
        if let Some(open) = open {
            end(open, Duration::ZERO);
        }
    }

    /// Closes the listener, lets requests under way finish, then closes.
    pub(crate) fn drain(&self) {
        let open = self.opened().take();
        if let Some(open) = open {
            open.drain.send_replace(true);
            end(open, DRAIN_WAIT);
        }
    }

    /// Opens the same port again.
    pub(crate) fn reopen(&self) -> io::Result<()> {
        let mut open = self.opened();
        if open.is_some() {
            return Ok(());
        }
        let begun = Instant::now();
        loop {
            match serve(self.address, self.router.clone(), self.connections.clone()) {
                Ok((opened, _)) => {
                    *open = Some(opened);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && begun.elapsed() < PORT_WAIT => {
                    std::thread::yield_now();
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn opened(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.close();
    }
}

/// Ends the runtime, on a thread of its own: a caller inside another runtime may not wait.
fn end(open: Open, patience: Duration) {
    let closing = std::thread::spawn(move || {
        let Open { runtime, drained, .. } = open;
        if !patience.is_zero()
            && runtime.block_on(async { tokio::time::timeout(patience, drained).await }).is_err()
        {
            tracing::warn!("requests were still under way when the port was closed");
        }
        runtime.shutdown_timeout(CLOSE_WAIT);
    });
    if closing.join().is_err() {
        tracing::error!("the door's runtime ended by a panic");
    }
}

fn serve(listen: SocketAddr, router: Router, connections: Connections) -> io::Result<(Open, SocketAddr)> {
    // Bound outside the runtime, so that a failure leaves nothing to take down from within it.
    let listener = std::net::TcpListener::bind(listen)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime =
        Builder::new_multi_thread().worker_threads(THREADS).thread_name("hall-http").enable_all().build()?;
    let entered = runtime.enter();
    let listener = TcpListener::from_std(listener)?;
    drop(entered);
    let (drain, draining) = watch::channel(false);
    let drained = runtime.spawn(accept(listener, router, Arc::new(connections), draining));
    Ok((Open { runtime, drain, drained }, address))
}
